import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { noReply, ok, Status, VerbatimText } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { describeCommands, commandSubcommands } from "./command-description.ts";
import { configSubcommands } from "./config.ts";
import { diagnosisCommands } from "./diagnosis.ts";
import { describeServer } from "./info.ts";
import { savingCommands } from "./saving.ts";

/** The server itself. */
export const serverCommands: readonly Command[] = createCommands("server", [
  ...diagnosisCommands,
  ...savingCommands,
  {
    name: "acl",
    arity: -2,
    subcommands: [
      { name: "list", arity: 2, flags: "admin noscript loading stale", run: listUsers },
      { name: "users", arity: 2, flags: "admin noscript loading stale", run: () => ["default"] },
      { name: "whoami", arity: 2, flags: "noscript loading stale", run: () => "default" },
    ],
  },
  { name: "cluster", arity: -2, run: refuseCluster },
  {
    name: "command",
    arity: -1,
    flags: "loading stale",
    run: describeCommands,
    subcommands: commandSubcommands,
  },
  { name: "config", arity: -2, subcommands: configSubcommands },
  { name: "dbsize", arity: 1, flags: "readonly fast", run: (_args, { database }) => database.size },
  { name: "flushall", arity: -1, flags: "write", run: flushAll },
  { name: "flushdb", arity: -1, flags: "write", run: flushDatabase },
  {
    name: "info",
    arity: -1,
    flags: "loading stale",
    run: (args, { engine }) => new VerbatimText(describeServer(engine, args.rest())),
  },
  {
    name: "module",
    arity: -2,
    subcommands: [{ name: "list", arity: 2, flags: "admin noscript", run: () => [] }],
  },
  { name: "monitor", arity: 1, flags: "admin noscript loading stale", run: monitor },
  { name: "role", arity: 1, flags: "noscript loading stale fast", run: () => ["master", 0, []] },
  { name: "swapdb", arity: 3, flags: "write fast", run: swapDatabases },
  { name: "time", arity: 1, flags: "loading stale fast", run: time },
]);

function listUsers(_args: CommandArguments, { engine }: Session): Reply {
  const hasPassword = engine.settings.get("requirepass") !== "";
  return [`user default on ${hasPassword ? "sanitize-payload #<hidden>" : "nopass"} ~* &* +@all`];
}

function refuseCluster(): Reply {
  throw new ReplyError("ERR This instance has cluster support disabled");
}

function readFlush(args: CommandArguments): void {
  if (args.remaining === 0 || args.take("ASYNC") || args.take("SYNC")) args.end();
  else throw syntaxError();
}

function flushDatabase(args: CommandArguments, { engine, database }: Session): Reply {
  readFlush(args);
  engine.flush(database);
  return ok;
}

function flushAll(args: CommandArguments, { engine }: Session): Reply {
  readFlush(args);
  for (const database of engine.databases) engine.flush(database);
  return ok;
}

function swapDatabases(args: CommandArguments, { engine }: Session): Reply {
  const first = engine.databases[args.integer("ERR invalid first DB index")];
  const second = engine.databases[args.integer("ERR invalid second DB index")];
  if (first === undefined || second === undefined) throw new ReplyError("ERR DB index is out of range");
  engine.swap(first, second);
  return ok;
}

function time(_args: CommandArguments, { engine }: Session): Reply {
  const milliseconds = engine.clock.now();
  return [String(Math.floor(milliseconds / 1000)), String(Math.floor((milliseconds % 1000) * 1000))];
}

function monitor(_args: CommandArguments, session: Session): Reply {
  if (!session.mayBlock) throw new ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client");
  session.send(new Status("OK"));
  session.isMonitor = true;
  session.engine.monitors.add(session);
  return noReply;
}
