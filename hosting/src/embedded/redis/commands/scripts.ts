import { ReplyError } from "../protocol/reply-error.ts";
import { ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { LuaRuntime, readShebang } from "../scripting/lua-runtime.ts";
import type { Engine } from "../server/engine.ts";
import { scriptTransport } from "../server/script-transport.ts";
import { Session } from "../server/session.ts";
import { countedKeysAt, createCommands } from "./command.ts";
import type { Command, CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";

const evaluating = "noscript stale skip_monitor no_mandatory_keys movablekeys";
const reading = `readonly ${evaluating}`;
const findKeys = countedKeysAt(1);

/** Scripts in Lua. */
export const scriptCommands: readonly Command[] = createCommands("scripting", [
  { name: "eval", arity: -3, flags: evaluating, findKeys, run: evaluate({ isReadOnly: false }) },
  { name: "eval_ro", arity: -3, flags: reading, findKeys, run: evaluate({ isReadOnly: true }) },
  { name: "evalsha", arity: -3, flags: evaluating, findKeys, run: evaluateKnown({ isReadOnly: false }) },
  { name: "evalsha_ro", arity: -3, flags: reading, findKeys, run: evaluateKnown({ isReadOnly: true }) },
  {
    name: "script",
    arity: -2,
    subcommands: [
      { name: "exists", arity: -3, flags: "noscript", run: exists },
      { name: "flush", arity: -2, flags: "noscript", run: flush },
      helpSubcommand("script", ["EXISTS <sha1> [<sha1> ...]", "FLUSH [ASYNC|SYNC]", "KILL", "LOAD <script>"]),
      { name: "kill", arity: 2, flags: "noscript allow_busy", run: kill },
      { name: "load", arity: 3, flags: "noscript stale", run: load },
    ],
  },
]);

/** The machine of each server; it is made when the first script comes. */
const runtimes = new WeakMap<Engine, LuaRuntime>();

function obtainRuntime(engine: Engine): LuaRuntime {
  const known = runtimes.get(engine);
  if (known !== undefined) return known;
  const runtime = new LuaRuntime();
  runtimes.set(engine, runtime);
  return runtime;
}

function evaluate({ isReadOnly }: { isReadOnly: boolean }): CommandHandler {
  return (args, session) => {
    const { engine } = session;
    const source = args.next();
    const { keys, values } = readKeysAndValues(args);
    const runtime = obtainRuntime(engine);
    const flags = readShebang(source);
    const sha = engine.scripts.add(source, (name) => runtime.compile(name, source));
    return runtime.run(
      { sha, source, keys, values, isReadOnly: isReadOnly || flags.isReadOnly },
      scriptSession(session),
    );
  };
}

function evaluateKnown({ isReadOnly }: { isReadOnly: boolean }): CommandHandler {
  return (args, session) => {
    const { engine } = session;
    const sha = args.next().toLowerCase();
    const { keys, values } = readKeysAndValues(args);
    const source = engine.scripts.get(sha);
    if (source === undefined) throw new ReplyError("NOSCRIPT No matching script. Please use EVAL.");
    const flags = readShebang(source);
    return obtainRuntime(engine).run(
      { sha, source, keys, values, isReadOnly: isReadOnly || flags.isReadOnly },
      scriptSession(session),
    );
  };
}

function readKeysAndValues(args: CommandArguments): { keys: string[]; values: string[] } {
  const count = args.integer();
  if (count > args.remaining) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ReplyError("ERR Number of keys can't be negative");
  return { keys: args.several(count), values: args.rest() };
}

/** Commands of a script run for a client of their own, which starts in the caller's database and cannot wait. */
function scriptSession(caller: Session): Session {
  const session = new Session(caller.engine, { id: caller.id, transport: scriptTransport, isScript: true });
  session.databaseIndex = caller.databaseIndex;
  session.isAuthenticated = true;
  session.mayBlock = false;
  return session;
}

function load(args: CommandArguments, { engine }: Session): Reply {
  const source = args.next();
  readShebang(source);
  const runtime = obtainRuntime(engine);
  return engine.scripts.add(source, (sha) => runtime.compile(sha, source));
}

function exists(args: CommandArguments, { engine }: Session): Reply {
  return args.rest().map((sha) => (engine.scripts.get(sha) === undefined ? 0 : 1));
}

function flush(args: CommandArguments, { engine }: Session): Reply {
  if (args.remaining > 0 && !args.take("ASYNC") && !args.take("SYNC")) throw wrongFlush();
  if (args.remaining > 0) throw wrongFlush();
  engine.scripts.clear();
  runtimes.get(engine)?.clear();
  return ok;
}

function wrongFlush(): ReplyError {
  return new ReplyError("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
}

function kill(): Reply {
  throw new ReplyError("NOTBUSY No scripts in execution right now.");
}
