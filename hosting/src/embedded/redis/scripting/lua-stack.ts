import type { Fengari, LuaFunction, LuaState } from "./fengari.ts";

const names = new Map<string, Uint8Array>();

/** The bytes of a string with one character per byte. */
export function toLuaBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** The bytes of a name that is used again and again. */
export function luaName(text: string): Uint8Array {
  const known = names.get(text);
  if (known !== undefined) return known;
  const bytes = toLuaBytes(text);
  names.set(text, bytes);
  return bytes;
}

export function fromLuaBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** A Lua state with the few things that are done to it everywhere. */
export class LuaStack {
  readonly fengari: Fengari;
  readonly state: LuaState;

  constructor(fengari: Fengari, state: LuaState) {
    this.fengari = fengari;
    this.state = state;
  }

  get top(): number {
    return this.fengari.lua.lua_gettop(this.state);
  }

  /** The text at an index, `undefined` when there is neither a string nor a number. */
  text(index: number): string | undefined {
    const { lua } = this.fengari;
    const type = lua.lua_type(this.state, index);
    if (type !== lua.LUA_TSTRING && type !== lua.LUA_TNUMBER) return undefined;
    // lua_tostring turns a number into a string in place, which would confuse a walk over a table.
    lua.lua_pushvalue(this.state, index);
    const bytes = lua.lua_tostring(this.state, -1);
    lua.lua_pop(this.state, 1);
    return bytes === null ? undefined : fromLuaBytes(bytes);
  }

  pushText(text: string): void {
    this.fengari.lua.lua_pushstring(this.state, toLuaBytes(text));
  }

  /** Sets a field of the table on top to the text. */
  setTextField(name: string, text: string): void {
    this.pushText(text);
    this.fengari.lua.lua_setfield(this.state, -2, luaName(name));
  }

  setNumberField(name: string, value: number): void {
    this.fengari.lua.lua_pushnumber(this.state, value);
    this.fengari.lua.lua_setfield(this.state, -2, luaName(name));
  }

  setFunctionField(name: string, run: LuaFunction): void {
    this.fengari.lua.lua_pushcfunction(this.state, run);
    this.fengari.lua.lua_setfield(this.state, -2, luaName(name));
  }

  /** Leaves a table with a field on the stack: `{err='…'}`. */
  pushFieldTable(name: string, text: string): void {
    this.fengari.lua.lua_createtable(this.state, 0, 1);
    this.setTextField(name, text);
  }

  /** Ends the Lua function that runs with an error that starts with the place of the call. */
  failWithPlace(message: string): never {
    this.fengari.lauxlib.luaL_where(this.state, 1);
    return this.fail(`${this.text(-1) ?? ""}${message}`);
  }

  /** Ends the Lua function that runs with an error. */
  fail(message: string): never {
    this.pushText(message);
    return this.fengari.lua.lua_error(this.state);
  }
}
