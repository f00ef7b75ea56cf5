import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** Runs a command for a session. Throws a `ReplyError` to answer with it. */
export type CommandHandler = (args: CommandArguments, session: Session) => Reply;

/** The groups that the documentation of Redis sorts commands into. */
export type CommandGroup =
  | "string"
  | "bitmap"
  | "hyperloglog"
  | "geo"
  | "hash"
  | "list"
  | "set"
  | "sorted-set"
  | "stream"
  | "generic"
  | "pubsub"
  | "transactions"
  | "scripting"
  | "connection"
  | "server";

/** A command as the tables describe it. */
export interface CommandRow {
  name: string;
  /** How many words it takes with its name; a negative number is a minimum. */
  arity: number;
  /** Words such as `write` or `readonly fast`, those of `COMMAND INFO`. */
  flags?: string;
  /** Position of the first and of the last key, and the step between them. */
  keys?: readonly [first: number, last: number, step: number];
  /** Where the keys are when positions cannot tell; `words` are those behind the name. */
  findKeys?: (words: readonly string[]) => readonly string[];
  run?: CommandHandler;
  subcommands?: readonly CommandRow[];
}

/** A command that can be run. */
export interface Command {
  /** `set`, or `config|get` for a subcommand. */
  readonly name: string;
  readonly group: CommandGroup;
  readonly arity: number;
  readonly flags: ReadonlySet<string>;
  readonly keys: readonly [first: number, last: number, step: number];
  readonly findKeys: ((words: readonly string[]) => readonly string[]) | undefined;
  readonly run: CommandHandler | undefined;
  readonly subcommands: ReadonlyMap<string, Command> | undefined;
  /** How many words name it: 1, or 2 for a subcommand. */
  readonly nameLength: number;
}

/** Makes the commands of a table. */
export function createCommands(group: CommandGroup, rows: readonly CommandRow[]): Command[] {
  return rows.map((row) => createCommand(group, row));
}

function createCommand(group: CommandGroup, row: CommandRow, container = ""): Command {
  const name = container === "" ? row.name : `${container}|${row.name}`;
  return {
    name,
    group,
    arity: row.arity,
    flags: new Set(row.flags === undefined ? [] : row.flags.split(" ")),
    keys: row.keys ?? [0, 0, 0],
    findKeys: row.findKeys,
    run: row.run,
    subcommands:
      row.subcommands &&
      new Map(row.subcommands.map((sub) => [sub.name, createCommand(group, sub, row.name)])),
    nameLength: container === "" ? 1 : 2,
  };
}

/** The keys behind a count, as in `ZUNION 2 a b`; `at` is the position of the count behind the name. */
export function countedKeysAt(at: number): (words: readonly string[]) => readonly string[] {
  return (words) => {
    const count = Number(words[at]);
    return Number.isSafeInteger(count) ? words.slice(at + 1, at + 1 + count) : [];
  };
}
