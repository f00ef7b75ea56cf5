import process from "node:process";

import { estimateMemory } from "../keyspace/encoding.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { MapReply, ok, VerbatimText } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";

const administrative = "admin noscript loading stale";

/** Looking into the server. Nothing is measured per command, so the logs of slow commands stay empty. */
export const diagnosisCommands: readonly CommandRow[] = [
  { name: "debug", arity: -2, flags: administrative, run: refuseDebugging },
  {
    name: "latency",
    arity: -2,
    subcommands: [
      {
        name: "doctor",
        arity: 2,
        flags: administrative,
        run: () => new VerbatimText("Latency is not monitored by the embedded server."),
      },
      helpSubcommand("latency", [
        "DOCTOR",
        "HISTOGRAM [COMMAND ...]",
        "HISTORY <event>",
        "LATEST",
        "RESET [<event> ...]",
      ]),
      { name: "histogram", arity: -2, flags: administrative, run: () => new MapReply([]) },
      { name: "history", arity: 3, flags: administrative, run: () => [] },
      { name: "latest", arity: 2, flags: administrative, run: () => [] },
      { name: "reset", arity: -2, flags: administrative, run: () => 0 },
    ],
  },
  {
    name: "memory",
    arity: -2,
    subcommands: [
      {
        name: "doctor",
        arity: 2,
        run: () =>
          new VerbatimText("The embedded server uses the memory of its JavaScript runtime; see INFO memory."),
      },
      helpSubcommand("memory", ["DOCTOR", "PURGE", "STATS", "USAGE <key> [SAMPLES <count>]"]),
      { name: "purge", arity: 2, run: () => ok },
      { name: "stats", arity: 2, run: memoryStatistics },
      { name: "usage", arity: -3, flags: "readonly", keys: [2, 2, 1], run: memoryUsage },
    ],
  },
  {
    name: "slowlog",
    arity: -2,
    subcommands: [
      { name: "get", arity: -2, flags: "admin loading stale", run: () => [] },
      helpSubcommand("slowlog", ["GET [<count>]", "LEN", "RESET"]),
      { name: "len", arity: 2, flags: "admin loading stale", run: () => 0 },
      { name: "reset", arity: 2, flags: "admin loading stale", run: () => ok },
    ],
  },
];

/** As a real server does unless its configuration allows it. */
function refuseDebugging(): Reply {
  throw new ReplyError(
    'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  );
}

function memoryUsage(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  if (args.remaining > 0) {
    if (!args.take("SAMPLES")) throw syntaxError();
    args.integerFrom(0, "ERR syntax error");
    args.end();
  }
  const entry = database.peek(key);
  return entry === undefined ? null : estimateMemory(key, entry);
}

function memoryStatistics(_args: CommandArguments, { engine }: Session): Reply {
  const { heapUsed, rss } = process.memoryUsage();
  const keys = engine.databases.reduce((sum, { size }) => sum + size, 0);
  return new MapReply(["peak.allocated", rss, "total.allocated", heapUsed, "keys.count", keys]);
}
