import { ReplyError } from "../protocol/reply-error.ts";
import { MapReply, SetReply, Status } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { compileGlob } from "../values/glob-pattern.ts";
import type { Command, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { isArityRight } from "./command-table.ts";
import { helpSubcommand } from "./help.ts";

/** `COMMAND …`. */
export const commandSubcommands: readonly CommandRow[] = [
  { name: "count", arity: 2, flags: "loading stale", run: (_args, { engine }) => engine.commands.size },
  { name: "docs", arity: -2, flags: "loading stale", run: documentCommands },
  { name: "getkeys", arity: -4, flags: "loading stale", run: listKeys },
  helpSubcommand("command", [
    "(no subcommand)",
    "COUNT",
    "DOCS [<command-name> ...]",
    "GETKEYS <full-command>",
    "INFO [<command-name> ...]",
    "LIST",
  ]),
  { name: "info", arity: -2, flags: "loading stale", run: describeSome },
  { name: "list", arity: -2, flags: "loading stale", run: listNames },
];

/** `COMMAND`. */
export function describeCommands(_args: CommandArguments, { engine }: Session): Reply {
  return [...engine.commands].map((command) => describe(command));
}

function describeSome(args: CommandArguments, session: Session): Reply {
  if (args.remaining === 0) return describeCommands(args, session);
  return args.rest().map((name) => {
    const command = session.engine.commands.get(name);
    return command === undefined ? null : describe(command);
  });
}

function describe(command: Command): Reply {
  return [
    command.name,
    command.arity,
    new SetReply([...command.flags].map((flag) => new Status(flag))),
    ...command.keys,
    new SetReply(categoriesOf(command).map((category) => new Status(category))),
    new SetReply([]),
    new SetReply([]),
    [...(command.subcommands?.values() ?? [])].map((subcommand) => describe(subcommand)),
  ];
}

const categoryOfGroup: Readonly<Record<Command["group"], string>> = {
  string: "@string",
  bitmap: "@bitmap",
  hyperloglog: "@hyperloglog",
  geo: "@geo",
  hash: "@hash",
  list: "@list",
  set: "@set",
  "sorted-set": "@sortedset",
  stream: "@stream",
  generic: "@keyspace",
  pubsub: "@pubsub",
  transactions: "@transaction",
  scripting: "@scripting",
  connection: "@connection",
  server: "",
};

function categoriesOf({ flags, group }: Command): string[] {
  return [
    ...(flags.has("write") ? ["@write"] : []),
    ...(flags.has("readonly") ? ["@read"] : []),
    categoryOfGroup[group],
    ...(flags.has("admin") ? ["@admin", "@dangerous"] : []),
    ...(flags.has("blocking") ? ["@blocking"] : []),
    flags.has("fast") ? "@fast" : "@slow",
  ].filter((category) => category !== "");
}

function documentCommands(args: CommandArguments, { engine }: Session): Reply {
  const chosen =
    args.remaining === 0
      ? [...engine.commands]
      : args
          .rest()
          .map((name) => engine.commands.get(name))
          .filter((command) => command !== undefined);
  return new MapReply(chosen.flatMap((command) => [command.name, documentOne(command)]));
}

function documentOne(command: Command): Reply {
  const page = `https://redis.io/docs/latest/commands/${command.name.replace("|", "-")}/`;
  const subcommands = [...(command.subcommands?.values() ?? [])];
  return new MapReply([
    "summary",
    `See ${page}`,
    "group",
    command.group,
    ...(subcommands.length === 0
      ? []
      : ["subcommands", new MapReply(subcommands.flatMap((sub) => [sub.name, documentOne(sub)]))]),
  ]);
}

function listNames(args: CommandArguments, { engine }: Session): Reply {
  const commands = [...engine.commands].flatMap((command) => [
    command,
    ...(command.subcommands?.values() ?? []),
  ]);
  const names = commands.map(({ name }) => name);
  if (args.remaining === 0) return names;
  if (!args.take("FILTERBY")) throw new ReplyError("ERR syntax error");
  const kind = args.keyword();
  const value = args.next();
  args.end();
  if (kind === "PATTERN") {
    const matches = compileGlob(value.toLowerCase());
    return names.filter((name) => matches(name));
  }
  if (kind === "MODULE") return [];
  if (kind !== "ACLCAT") throw new ReplyError("ERR syntax error");
  const category = `@${value.toLowerCase()}`;
  return commands.filter((command) => categoriesOf(command).includes(category)).map(({ name }) => name);
}

function listKeys(args: CommandArguments, { engine }: Session): Reply {
  const request = args.rest();
  const command = engine.commands.find(request);
  if (command instanceof ReplyError) throw new ReplyError("ERR Invalid command specified");
  if (!isArityRight(command, request.length)) {
    throw new ReplyError("ERR Invalid number of arguments specified for command");
  }
  const keys = findKeys(command, request);
  if (keys.length === 0) throw new ReplyError("ERR The command has no key arguments");
  return [...keys];
}

function findKeys(command: Command, request: readonly string[]): readonly string[] {
  if (command.findKeys !== undefined) return command.findKeys(request.slice(command.nameLength));
  const [first, last, step] = command.keys;
  if (first === 0) return [];
  const end = last < 0 ? request.length + last : last;
  return request.filter((_word, index) => index >= first && index <= end && (index - first) % step === 0);
}
