import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

import { ReplyError } from "../protocol/reply-error.ts";
import { formatSignificant } from "../values/doubles.ts";

declare const luaStateBrand: unique symbol;

/** A Lua state of fengari. */
export interface LuaState {
  readonly [luaStateBrand]: never;
}

/** A function that Lua can call; gives the number of results that it has pushed. */
export type LuaFunction = (state: LuaState) => number;

/** What is used of fengari's `lua` module, the C API of Lua 5.3. */
export interface LuaApi {
  LUA_REGISTRYINDEX: number;
  LUA_OK: number;
  LUA_TNIL: number;
  LUA_TBOOLEAN: number;
  LUA_TLIGHTUSERDATA: number;
  LUA_TNUMBER: number;
  LUA_TSTRING: number;
  LUA_TTABLE: number;
  lua_Debug: new () => LuaDebug;
  lua_checkstack(state: LuaState, slots: number): boolean;
  lua_close(state: LuaState): void;
  lua_createtable(state: LuaState, items: number, fields: number): void;
  lua_error(state: LuaState): never;
  lua_gc(state: LuaState, what: number, data: number): number;
  lua_getfield(state: LuaState, index: number, name: Uint8Array): number;
  lua_getglobal(state: LuaState, name: Uint8Array): number;
  lua_getinfo(state: LuaState, what: Uint8Array, debug: LuaDebug): number;
  lua_getstack(state: LuaState, level: number, debug: LuaDebug): number;
  lua_gettop(state: LuaState): number;
  lua_insert(state: LuaState, index: number): void;
  lua_next(state: LuaState, index: number): number;
  lua_pcall(state: LuaState, args: number, results: number, handler: number): number;
  lua_pop(state: LuaState, count: number): void;
  lua_pushboolean(state: LuaState, value: boolean): void;
  lua_pushcfunction(state: LuaState, run: LuaFunction): void;
  lua_pushlightuserdata(state: LuaState, value: unknown): void;
  lua_pushnil(state: LuaState): void;
  lua_pushnumber(state: LuaState, value: number): void;
  lua_pushstring(state: LuaState, bytes: Uint8Array): void;
  lua_pushvalue(state: LuaState, index: number): void;
  lua_rawgeti(state: LuaState, index: number, item: number): number;
  lua_rawlen(state: LuaState, index: number): number;
  lua_rawset(state: LuaState, index: number): void;
  lua_rawseti(state: LuaState, index: number, item: number): void;
  lua_remove(state: LuaState, index: number): void;
  lua_setfield(state: LuaState, index: number, name: Uint8Array): void;
  lua_setglobal(state: LuaState, name: Uint8Array): void;
  lua_settop(state: LuaState, index: number): void;
  lua_toboolean(state: LuaState, index: number): boolean;
  lua_tonumber(state: LuaState, index: number): number;
  lua_topointer(state: LuaState, index: number): unknown;
  lua_touserdata(state: LuaState, index: number): unknown;
  lua_tostring(state: LuaState, index: number): Uint8Array | null;
  lua_type(state: LuaState, index: number): number;
}

/** Where a function that runs stands in its source. */
export interface LuaDebug {
  currentline: number;
  source: Uint8Array | null;
  what: Uint8Array | null;
}

/** What is used of fengari's `lauxlib` module. */
export interface LuaAuxiliary {
  luaL_loadbuffer(state: LuaState, code: Uint8Array, size: number, name: Uint8Array): number;
  luaL_newstate(): LuaState;
  luaL_ref(state: LuaState, table: number): number;
  luaL_requiref(state: LuaState, name: Uint8Array, open: LuaFunction, isGlobal: number): void;
  luaL_tolstring(state: LuaState, index: number): Uint8Array;
  luaL_where(state: LuaState, level: number): void;
  luaL_unref(state: LuaState, table: number, reference: number): void;
}

/** What is used of fengari's `lualib` module. */
export interface LuaLibraries {
  luaopen_base: LuaFunction;
  luaopen_coroutine: LuaFunction;
  luaopen_math: LuaFunction;
  luaopen_string: LuaFunction;
  luaopen_table: LuaFunction;
}

/** A Lua machine in JavaScript. */
export interface Fengari {
  lua: LuaApi;
  lauxlib: LuaAuxiliary;
  lualib: LuaLibraries;
}

let loaded: Fengari | undefined;

/**
 * Loads `fengari` on first use.
 *
 * @throws ReplyError when it is not installed.
 */
export function loadFengari(): Fengari {
  loaded ??= load();
  return loaded;
}

function load(): Fengari {
  const failures: string[] = [];
  // Beside this package, or where the AppHost was started.
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      const require = createRequire(place);
      require.resolve("fengari");
      return loadLikeLua51(require);
    } catch (error) {
      failures.push(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
    }
  }
  throw new ReplyError(
    `ERR Scripts need the package 'fengari', a Lua machine in JavaScript, which cannot be loaded: ${failures[0]}. Run: npm install fengari`,
  );
}

interface LuaNumber {
  ttisinteger(): boolean;
  setfltvalue(value: number): void;
  readonly value: number;
}

interface Patchable {
  lua_number2str: (value: number) => string;
  lua_pushinteger: (state: LuaState, value: number) => void;
  lua_pushnumber: (state: LuaState, value: number) => void;
  luaO_str2num: (text: Uint8Array, result: LuaNumber) => number;
}

/**
 * Scripts are written for Lua 5.1, where every number is a float. Fengari is Lua 5.3 with integers of 32 bits, which
 * a time in milliseconds overflows: its parts are loaded one by one and made to produce floats before others use them.
 */
function loadLikeLua51(require: (name: string) => unknown): Fengari {
  const before = process.env["FENGARICONF"];
  process.env["FENGARICONF"] = JSON.stringify({ LUA_COMPAT_FLOATSTRING: true });
  try {
    // Its parts import one another in circles, which only this order unties.
    require("fengari/src/fengaricore.js");
    const configuration = require("fengari/src/luaconf.js") as Patchable;
    configuration.lua_number2str = (value) => formatSignificant(value, 14);
    const api = require("fengari/src/lua.js") as Patchable;
    api.lua_pushinteger = api.lua_pushnumber;
    const objects = require("fengari/src/lobject.js") as Patchable;
    const parseNumber = objects.luaO_str2num;
    objects.luaO_str2num = (text, result) => {
      const end = parseNumber(text, result);
      if (end !== 0 && result.ttisinteger()) result.setfltvalue(hexadecimalValue(text) ?? result.value);
      return end;
    };
    return require("fengari") as Fengari;
  } finally {
    if (before === undefined) delete process.env["FENGARICONF"];
    else process.env["FENGARICONF"] = before;
  }
}

/** `0xFFFFFFFF` is −1 to 32-bit integers. */
function hexadecimalValue(text: Uint8Array): number | undefined {
  const match = /^\s*([+-]?)(0x[0-9a-f]+)\s*\0?$/i.exec(Buffer.from(text).toString("latin1"));
  if (match === null) return undefined;
  return match[1] === "-" ? -Number(match[2]) : Number(match[2]);
}
