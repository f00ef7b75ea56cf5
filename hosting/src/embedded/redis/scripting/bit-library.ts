import type { LuaState } from "./fengari.ts";
import { luaName, LuaStack } from "./lua-stack.ts";

type Operation = (left: number, right: number) => number;

/** Makes the table `bit`: operations on 32 bits, as in LuaJIT's BitOp (https://bitop.luajit.org/api.html). */
export function openBitLibrary({ fengari, state }: LuaStack): void {
  const { lua } = fengari;
  const stack = new LuaStack(fengari, state);
  const read = (inner: LuaState, index: number): number => toInt32(lua.lua_tonumber(inner, index));
  const give = (inner: LuaState, value: number): number => {
    lua.lua_pushnumber(inner, value);
    return 1;
  };
  lua.lua_createtable(state, 0, 12);
  for (const [name, combine] of Object.entries(folds)) {
    stack.setFunctionField(name, (inner) => {
      let result = read(inner, 1);
      for (let index = 2; index <= lua.lua_gettop(inner); index++)
        result = combine(result, read(inner, index));
      return give(inner, result);
    });
  }
  for (const [name, shift] of Object.entries(shifts)) {
    stack.setFunctionField(name, (inner) => give(inner, shift(read(inner, 1), read(inner, 2) & 31)));
  }
  stack.setFunctionField("tobit", (inner) => give(inner, read(inner, 1)));
  stack.setFunctionField("bnot", (inner) => give(inner, ~read(inner, 1)));
  stack.setFunctionField("bswap", (inner) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(read(inner, 1));
    return give(inner, bytes.readInt32BE());
  });
  stack.setFunctionField("tohex", (inner) => {
    const digits = lua.lua_gettop(inner) > 1 ? read(inner, 2) : 8;
    const width = Math.min(8, Math.abs(digits));
    const text = (read(inner, 1) >>> 0)
      .toString(16)
      .padStart(8, "0")
      .slice(8 - width);
    new LuaStack(fengari, inner).pushText(digits < 0 ? text.toUpperCase() : text);
    return 1;
  });
  lua.lua_setglobal(state, luaName("bit"));
}

const folds: Readonly<Record<string, Operation>> = {
  band: (left, right) => left & right,
  bor: (left, right) => left | right,
  bxor: (left, right) => left ^ right,
};

const shifts: Readonly<Record<string, Operation>> = {
  lshift: (value, count) => value << count,
  rshift: (value, count) => (value >>> count) | 0,
  arshift: (value, count) => value >> count,
  rol: (value, count) => (value << count) | (value >>> ((32 - count) & 31)),
  ror: (value, count) => (value >>> count) | (value << ((32 - count) & 31)),
};

/** Takes numbers modulo 2³², also those beyond it. */
function toInt32(value: number): number {
  return Math.round(value) | 0;
}
