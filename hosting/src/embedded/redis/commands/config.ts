import { ReplyError, wrongArity } from "../protocol/reply-error.ts";
import { MapReply, ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { createStatistics } from "../server/statistics.ts";
import { compileGlob } from "../values/glob-pattern.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";

const administrative = "admin noscript loading stale";

/** `CONFIG …`. */
export const configSubcommands: readonly CommandRow[] = [
  { name: "get", arity: -3, flags: administrative, run: get },
  helpSubcommand("config", ["GET <pattern>", "SET <directive> <value>", "RESETSTAT", "REWRITE"]),
  { name: "resetstat", arity: 2, flags: administrative, run: resetStatistics },
  { name: "rewrite", arity: 2, flags: administrative, run: rewrite },
  { name: "set", arity: -4, flags: administrative, run: set },
];

function get(args: CommandArguments, { engine: { settings } }: Session): Reply {
  const matchers = args.rest().map((pattern) => compileGlob(pattern.toLowerCase()));
  const names = settings.names.filter((name) => matchers.some((matches) => matches(name)));
  return new MapReply(names.flatMap((name) => [name, settings.get(name)]));
}

/** All or nothing: every value is checked before one is set. */
function set(args: CommandArguments, { engine: { settings } }: Session): Reply {
  if (args.remaining % 2 !== 0) throw wrongArity(args.name);
  const pairs = new Map<string, string>();
  while (args.remaining > 0) {
    const given = args.next();
    const name = given.toLowerCase();
    if (!settings.has(name)) {
      throw new ReplyError(`ERR Unknown option or number of arguments for CONFIG SET - '${given}'`);
    }
    if (pairs.has(name))
      throw new ReplyError(
        `ERR CONFIG SET failed (possibly related to argument '${given}') - duplicate parameter`,
      );
    pairs.set(name, args.next());
  }
  for (const [name, value] of pairs) {
    const reason = settings.refusal(name, value);
    if (reason !== undefined) {
      throw new ReplyError(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`);
    }
  }
  for (const [name, value] of pairs) settings.set(name, value);
  return ok;
}

function resetStatistics(_args: CommandArguments, { engine }: Session): Reply {
  engine.statistics = createStatistics();
  return ok;
}

function rewrite(): Reply {
  throw new ReplyError("ERR The server is running without a config file");
}
