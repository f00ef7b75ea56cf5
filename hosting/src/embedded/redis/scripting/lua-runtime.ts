import { ReplyError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { openBitLibrary } from "./bit-library.ts";
import { loadFengari } from "./fengari.ts";
import type { Fengari, LuaState } from "./fengari.ts";
import { openJsonLibrary } from "./json-library.ts";
import { fromLuaBytes, luaName, LuaStack, toLuaBytes } from "./lua-stack.ts";
import { popReply } from "./lua-values.ts";
import { openMessagePackLibrary } from "./message-pack-library.ts";
import { prelude } from "./prelude.ts";
import { openRedisLibrary } from "./redis-library.ts";
import type { ScriptRun } from "./redis-library.ts";

const chunkName = "@user_script";

/** A script with what it is called with. */
export interface ScriptCall {
  sha: string;
  source: string;
  keys: readonly string[];
  values: readonly string[];
  isReadOnly: boolean;
}

/** The Lua machine of a server: one state for all scripts, as in Redis. */
export class LuaRuntime {
  readonly #fengari: Fengari;
  readonly #stack: LuaStack;
  readonly #functions = new Map<string, number>();
  #run: ScriptRun | undefined;

  /** @throws ReplyError when the Lua machine is not installed. */
  constructor() {
    this.#fengari = loadFengari();
    this.#stack = new LuaStack(this.#fengari, this.#fengari.lauxlib.luaL_newstate());
    this.#openLibraries();
  }

  /** Makes a script ready. @throws ReplyError when it is no Lua. */
  compile(sha: string, source: string): void {
    if (this.#functions.has(sha)) return;
    const { lauxlib, lua } = this.#fengari;
    const { state } = this.#stack;
    const code = toLuaBytes(withoutShebang(source));
    if (lauxlib.luaL_loadbuffer(state, code, code.length, luaName(chunkName)) !== lua.LUA_OK) {
      const message = this.#stack.text(-1) ?? "unknown error";
      lua.lua_pop(state, 1);
      throw new ReplyError(
        `ERR Error compiling script (new function): ${message.replace("near <eof>", "near '<eof>'")}`,
      );
    }
    this.#functions.set(sha, lauxlib.luaL_ref(state, lua.LUA_REGISTRYINDEX));
  }

  /** Runs a script and gives what it answers, errors included. */
  run(call: ScriptCall, session: Session): Reply {
    this.compile(call.sha, call.source);
    const { lua } = this.#fengari;
    const { state } = this.#stack;
    const run: ScriptRun = { session, isReadOnly: call.isReadOnly, protocol: 2 };
    this.#run = run;
    const top = this.#stack.top;
    try {
      this.#setGlobalList("KEYS", call.keys);
      this.#setGlobalList("ARGV", call.values);
      lua.lua_pushcfunction(state, (inner) => this.#describeError(inner));
      lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, this.#functions.get(call.sha) as number);
      const status = lua.lua_pcall(state, 0, 1, -2);
      return status === lua.LUA_OK ? popReply(this.#stack, run.protocol) : this.#popError(call.sha);
    } finally {
      this.#run = undefined;
      lua.lua_settop(state, top);
    }
  }

  /** Forgets the scripts that were made ready. */
  clear(): void {
    const { lauxlib, lua } = this.#fengari;
    for (const reference of this.#functions.values()) {
      lauxlib.luaL_unref(this.#stack.state, lua.LUA_REGISTRYINDEX, reference);
    }
    this.#functions.clear();
  }

  #openLibraries(): void {
    const { lauxlib, lua, lualib } = this.#fengari;
    const { state } = this.#stack;
    const libraries = [
      ["_G", lualib.luaopen_base],
      ["coroutine", lualib.luaopen_coroutine],
      ["table", lualib.luaopen_table],
      ["string", lualib.luaopen_string],
      ["math", lualib.luaopen_math],
    ] as const;
    for (const [name, open] of libraries) {
      lauxlib.luaL_requiref(state, luaName(name), open, 1);
      lua.lua_pop(state, 1);
    }
    openRedisLibrary(this.#stack, () => this.#run as ScriptRun);
    openJsonLibrary(this.#stack);
    openMessagePackLibrary(this.#stack);
    openBitLibrary(this.#stack);
    const code = toLuaBytes(prelude);
    const isLoaded = lauxlib.luaL_loadbuffer(state, code, code.length, luaName("@prelude")) === lua.LUA_OK;
    if (!isLoaded || lua.lua_pcall(state, 0, 0, 0) !== lua.LUA_OK) {
      throw new Error(`The Lua prelude failed: ${this.#stack.text(-1)}`);
    }
  }

  /** Past the guard against new globals. */
  #setGlobalList(name: string, items: readonly string[]): void {
    const { lua } = this.#fengari;
    const { state } = this.#stack;
    lua.lua_getglobal(state, luaName("_G"));
    this.#stack.pushText(name);
    lua.lua_createtable(state, items.length, 0);
    for (const [index, item] of items.entries()) {
      this.#stack.pushText(item);
      lua.lua_rawseti(state, -2, index + 1);
    }
    lua.lua_rawset(state, -3);
    lua.lua_pop(state, 1);
  }

  /** Called by Lua where an error arises: makes a table of it that knows the line. */
  #describeError(state: LuaState): number {
    const { lauxlib, lua } = this.#fengari;
    const stack = new LuaStack(this.#fengari, state);
    if (lua.lua_type(state, 1) !== lua.LUA_TTABLE) {
      const message = fromLuaBytes(lauxlib.luaL_tolstring(state, 1));
      stack.pushFieldTable("err", `ERR ${message}`);
    } else {
      lua.lua_pushvalue(state, 1);
    }
    const debug = new lua.lua_Debug();
    for (let level = 1; lua.lua_getstack(state, level, debug) !== 0; level++) {
      lua.lua_getinfo(state, luaName("Sl"), debug);
      if (debug.currentline <= 0 || debug.source === null) continue;
      const source = fromLuaBytes(debug.source);
      if (source !== chunkName) continue;
      stack.setTextField("source", source);
      stack.setNumberField("line", debug.currentline);
      break;
    }
    return 1;
  }

  #popError(sha: string): ReplyError {
    const { lua } = this.#fengari;
    const { state } = this.#stack;
    if (lua.lua_type(state, -1) !== lua.LUA_TTABLE) {
      return new ReplyError(`ERR Error running script, ${this.#stack.text(-1) ?? "unknown error"}`);
    }
    const message = this.#field("err") ?? "ERR unknown error";
    const source = this.#field("source");
    const line = this.#field("line");
    const place = source === undefined || line === undefined ? "" : ` script: ${sha}, on ${source}:${line}.`;
    return new ReplyError(message + place);
  }

  #field(name: string): string | undefined {
    this.#fengari.lua.lua_getfield(this.#stack.state, -1, luaName(name));
    const text = this.#stack.text(-1);
    this.#fengari.lua.lua_pop(this.#stack.state, 1);
    return text;
  }
}

/** What a first line such as `#!lua flags=no-writes` asks for. @throws ReplyError when it is not understood. */
export function readShebang(source: string): { isReadOnly: boolean } {
  if (!source.startsWith("#!")) return { isReadOnly: false };
  const [engine = "", ...options] = (source.split("\n", 1)[0] ?? "").slice(2).trim().split(/\s+/);
  if (engine !== "lua") throw new ReplyError(`ERR Unexpected engine in script shebang: #!${engine}`);
  let isReadOnly = false;
  for (const option of options) {
    if (!option.startsWith("flags=")) throw new ReplyError(`ERR Unknown lua shebang option: ${option}`);
    for (const flag of option.slice("flags=".length).split(",")) {
      if (!/^(?:no-writes|allow-oom|allow-stale|no-cluster|allow-cross-slot-keys)$/.test(flag)) {
        throw new ReplyError(`ERR Unexpected flag in script shebang: ${flag}`);
      }
      if (flag === "no-writes") isReadOnly = true;
    }
  }
  return { isReadOnly };
}

/** The line stays, empty, so that errors name the right one. */
function withoutShebang(source: string): string {
  return source.startsWith("#!")
    ? source.slice(source.includes("\n") ? source.indexOf("\n") : source.length)
    : source;
}
