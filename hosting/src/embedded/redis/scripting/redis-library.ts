import { CommandArguments } from "../commands/command-arguments.ts";
import { isArityRight } from "../commands/command-table.ts";
import type { ProtocolVersion } from "../protocol/reply-encoder.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import type { Reply } from "../protocol/reply.ts";
import { compatibleVersion } from "../server/compatible-version.ts";
import { runCommand } from "../server/run-command.ts";
import type { Session } from "../server/session.ts";
import { formatDouble } from "../values/doubles.ts";
import type { LuaState } from "./fengari.ts";
import { luaName, LuaStack } from "./lua-stack.ts";
import { pushReply } from "./lua-values.ts";
import { sha1 } from "./script-cache.ts";

/** A script that runs. */
export interface ScriptRun {
  readonly session: Session;
  readonly isReadOnly: boolean;
  /** What `redis.setresp` asked for. */
  protocol: ProtocolVersion;
}

/** Makes the table `redis`, and `server`, its newer name. */
export function openRedisLibrary({ fengari, state }: LuaStack, currentRun: () => ScriptRun): void {
  const { lua } = fengari;
  const stack = new LuaStack(fengari, state);
  // Functions are called with the state of the coroutine that they run in.
  const define = (name: string, run: (inner: LuaStack) => number): void => {
    stack.setFunctionField(name, (innerState: LuaState) => run(new LuaStack(fengari, innerState)));
  };
  lua.lua_createtable(state, 0, 24);
  define("call", (inner) => callCommand(inner, currentRun(), { isProtected: false }));
  define("pcall", (inner) => callCommand(inner, currentRun(), { isProtected: true }));
  define("sha1hex", (inner) => {
    if (inner.top !== 1) inner.fail("wrong number of arguments");
    inner.pushText(sha1(inner.text(1) ?? ""));
    return 1;
  });
  define("error_reply", (inner) => pushErrorReply(inner));
  define("status_reply", (inner) => {
    const text = inner.top === 1 ? inner.text(1) : undefined;
    if (text === undefined) inner.pushFieldTable("err", "ERR wrong number or type of arguments");
    else inner.pushFieldTable("ok", text);
    return 1;
  });
  define("log", (inner) => log(inner, currentRun()));
  define("setresp", (inner) => {
    const version = inner.top === 1 ? inner.text(1) : undefined;
    if (version !== "2" && version !== "3") inner.fail("RESP version must be 2 or 3.");
    currentRun().protocol = version === "3" ? 3 : 2;
    return 0;
  });
  define("replicate_commands", (inner) => pushBoolean(inner, true));
  define("acl_check_cmd", (inner) => pushBoolean(inner, true));
  define("breakpoint", (inner) => pushBoolean(inner, false));
  define("set_repl", () => 0);
  define("debug", () => 0);
  for (const [name, value] of Object.entries(constants)) stack.setNumberField(name, value);
  stack.setTextField("REDIS_VERSION", compatibleVersion);
  stack.setNumberField("REDIS_VERSION_NUM", versionNumber());
  lua.lua_pushvalue(state, -1);
  lua.lua_setglobal(state, luaName("server"));
  lua.lua_setglobal(state, luaName("redis"));
}

const constants: Readonly<Record<string, number>> = {
  LOG_DEBUG: 0,
  LOG_VERBOSE: 1,
  LOG_NOTICE: 2,
  LOG_WARNING: 3,
  REPL_NONE: 0,
  REPL_AOF: 1,
  REPL_SLAVE: 2,
  REPL_REPLICA: 2,
  REPL_ALL: 3,
};

/** `7.0.15` as `0x0007000f`. */
function versionNumber(): number {
  const [major = 0, minor = 0, patch = 0] = compatibleVersion.split(".").map(Number);
  return major * 65_536 + minor * 256 + patch;
}

function pushBoolean(stack: LuaStack, value: boolean): number {
  stack.fengari.lua.lua_pushboolean(stack.state, value);
  return 1;
}

function callCommand(stack: LuaStack, run: ScriptRun, { isProtected }: { isProtected: boolean }): number {
  const reply = answer(readWords(stack), run);
  pushReply(stack, reply, run.protocol);
  if (reply instanceof ReplyError && !isProtected) stack.fengari.lua.lua_error(stack.state);
  return 1;
}

function readWords(stack: LuaStack): string[] | ReplyError {
  const { lua } = stack.fengari;
  const words: string[] = [];
  if (stack.top === 0)
    return new ReplyError("ERR Please specify at least one argument for this redis lib call");
  for (let index = 1; index <= stack.top; index++) {
    const isNumber = lua.lua_type(stack.state, index) === lua.LUA_TNUMBER;
    const word = isNumber ? formatDouble(lua.lua_tonumber(stack.state, index)) : stack.text(index);
    if (word === undefined) {
      return new ReplyError("ERR Lua redis lib command arguments must be strings or integers");
    }
    words.push(word);
  }
  return words;
}

function answer(words: string[] | ReplyError, { session, isReadOnly, protocol }: ScriptRun): Reply {
  if (words instanceof ReplyError) return words;
  const command = session.engine.commands.find(words);
  if (command instanceof ReplyError) return new ReplyError("ERR Unknown Redis command called from script");
  if (!isArityRight(command, words.length)) {
    return new ReplyError("ERR Wrong number of args calling Redis command from script");
  }
  if (command.flags.has("noscript"))
    return new ReplyError("ERR This Redis command is not allowed from script");
  if (isReadOnly && command.flags.has("write")) {
    return new ReplyError("ERR Write commands are not allowed from read-only scripts.");
  }
  session.protocol = protocol;
  return runCommand(session, command, new CommandArguments(command.name, words, command.nameLength));
}

/** `"ERR text"` and `"-ERR text"` both become `{err='ERR text'}`. */
function pushErrorReply(stack: LuaStack): number {
  const { lua } = stack.fengari;
  const isText = stack.top === 1 && lua.lua_type(stack.state, 1) === lua.LUA_TSTRING;
  const text = isText ? (stack.text(1) ?? "") : "ERR wrong number or type of arguments";
  const message = text.startsWith("-") ? text.slice(1) : text;
  stack.pushFieldTable("err", message.includes(" ") ? message : `ERR ${message}`);
  return 1;
}

function log(stack: LuaStack, { session }: ScriptRun): number {
  if (stack.top < 2) stack.fail("redis.log() requires two arguments or more.");
  const level = Number(stack.text(1));
  if (!(level >= 0 && level <= 3)) stack.fail("Invalid log level.");
  const message = Array.from({ length: stack.top - 1 }, (_, index) => stack.text(index + 2) ?? "").join(" ");
  const { logger } = session.engine;
  const text = Buffer.from(message, "latin1").toString("utf8");
  if (level === 3) logger.warn(text);
  else if (level === 2) logger.info(text);
  else logger.debug(text);
  return 0;
}
