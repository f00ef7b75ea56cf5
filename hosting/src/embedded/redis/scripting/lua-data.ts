import type { LuaStack } from "./lua-stack.ts";

/** What JSON and MessagePack know, with text as one character per byte; `null` is `cjson.null`, `undefined` nil. */
export type LuaData =
  | string
  | number
  | boolean
  | null
  | undefined
  | LuaData[]
  | Map<string | number, LuaData>;

/** Something in a value that cannot be written. */
export class LuaDataError extends Error {
  override readonly name: string = "LuaDataError";
}

const deepest = 1000;

/** The value at an index. A table whose keys are 1 … n is an array. @throws LuaDataError for functions and cycles. */
export function readLuaData(stack: LuaStack, index: number, depth = 0): LuaData {
  const { lua } = stack.fengari;
  const { state } = stack;
  if (depth > deepest || !lua.lua_checkstack(state, 8)) {
    throw new LuaDataError(`Cannot serialise, excessive depth (${depth})`);
  }
  const type = lua.lua_type(state, index);
  if (type === lua.LUA_TSTRING) return stack.text(index);
  if (type === lua.LUA_TNUMBER) return lua.lua_tonumber(state, index);
  if (type === lua.LUA_TBOOLEAN) return lua.lua_toboolean(state, index);
  if (type === lua.LUA_TNIL) return undefined;
  if (type === lua.LUA_TLIGHTUSERDATA) return null;
  if (type !== lua.LUA_TTABLE) throw new LuaDataError("Cannot serialise function: type not supported");
  const entries = readEntries(stack, index, depth);
  const length = arrayLength(entries);
  if (length === undefined || entries.size === 0) return entries;
  return Array.from({ length }, (_, item) => entries.get(item + 1) ?? null);
}

function readEntries(stack: LuaStack, index: number, depth: number): Map<string | number, LuaData> {
  const { lua } = stack.fengari;
  const { state } = stack;
  const entries = new Map<string | number, LuaData>();
  lua.lua_pushvalue(state, index);
  lua.lua_pushnil(state);
  while (lua.lua_next(state, -2) !== 0) {
    const key = readKey(stack);
    entries.set(key, readLuaData(stack, -1, depth + 1));
    lua.lua_pop(state, 1);
  }
  lua.lua_pop(state, 1);
  return entries;
}

function readKey(stack: LuaStack): string | number {
  const { lua } = stack.fengari;
  const type = lua.lua_type(stack.state, -2);
  if (type === lua.LUA_TNUMBER) return lua.lua_tonumber(stack.state, -2);
  const text = type === lua.LUA_TSTRING ? stack.text(-2) : undefined;
  if (text === undefined)
    throw new LuaDataError("Cannot serialise table: table key must be a number or string");
  return text;
}

/** How long the array is that a table is, `undefined` when it is none. Few gaps are filled with nulls. */
function arrayLength(entries: ReadonlyMap<string | number, LuaData>): number | undefined {
  let largest = 0;
  for (const key of entries.keys()) {
    if (typeof key !== "number" || key < 1 || !Number.isInteger(key)) return undefined;
    largest = Math.max(largest, key);
  }
  if (largest > entries.size * 2 && largest > 10) {
    throw new LuaDataError("Cannot serialise table: excessively sparse array");
  }
  return largest;
}

/** Pushes a value. */
export function pushLuaData(stack: LuaStack, data: LuaData): void {
  const { lua } = stack.fengari;
  const { state } = stack;
  lua.lua_checkstack(state, 8);
  if (typeof data === "string") stack.pushText(data);
  else if (typeof data === "number") lua.lua_pushnumber(state, data);
  else if (typeof data === "boolean") lua.lua_pushboolean(state, data);
  else if (data === undefined) lua.lua_pushnil(state);
  else if (data === null) pushJsonNull(stack);
  else if (Array.isArray(data)) {
    lua.lua_createtable(state, data.length, 0);
    for (const [index, item] of data.entries()) {
      pushLuaData(stack, item);
      lua.lua_rawseti(state, -2, index + 1);
    }
  } else {
    lua.lua_createtable(state, 0, data.size);
    for (const [key, item] of data) {
      pushLuaData(stack, key);
      pushLuaData(stack, item);
      lua.lua_rawset(state, -3);
    }
  }
}

const jsonNull = { isJsonNull: true };

/** Pushes `cjson.null`. */
export function pushJsonNull({ fengari, state }: LuaStack): void {
  fengari.lua.lua_pushlightuserdata(state, jsonNull);
}
