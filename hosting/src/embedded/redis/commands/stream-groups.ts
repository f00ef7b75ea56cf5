import { ReplyError } from "../protocol/reply-error.ts";
import { ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { ConsumerGroup } from "../values/consumer-group.ts";
import type { StreamId } from "../values/stream-id.ts";
import type { Stream } from "../values/stream.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";
import { toStreamId, unknownOption } from "./stream-arguments.ts";

/** Consumer groups, and what they acknowledge. */
export const streamGroupCommands: readonly CommandRow[] = [
  { name: "xack", arity: -4, flags: "write fast", keys: [1, 1, 1], run: acknowledge },
  {
    name: "xgroup",
    arity: -2,
    subcommands: [
      { name: "create", arity: -5, flags: "write denyoom", keys: [2, 2, 1], run: createGroup },
      { name: "createconsumer", arity: 5, flags: "write denyoom", keys: [2, 2, 1], run: createConsumer },
      { name: "delconsumer", arity: 5, flags: "write", keys: [2, 2, 1], run: removeConsumer },
      { name: "destroy", arity: 4, flags: "write", keys: [2, 2, 1], run: removeGroup },
      helpSubcommand("xgroup", [
        "CREATE <key> <groupname> <id|$> [option]",
        "CREATECONSUMER <key> <groupname> <consumer>",
        "DELCONSUMER <key> <groupname> <consumer>",
        "DESTROY <key> <groupname>",
        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
      ]),
      { name: "setid", arity: -5, flags: "write", keys: [2, 2, 1], run: setGroupId },
    ],
  },
];

function acknowledge(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const stream = database.get(key, "stream");
  const group = stream?.groups.get(args.next());
  if (stream === undefined || group === undefined) return 0;
  const ids = args.rest().map((text) => toStreamId(text));
  const acknowledged = ids.filter((id) => group.removePending(id) !== undefined).length;
  if (acknowledged > 0) database.changed(key, "xack");
  return acknowledged;
}

interface GroupPlace {
  key: string;
  name: string;
  idText: string;
  mayCreateStream: boolean;
  entriesRead: number | undefined;
}

function readPlace(args: CommandArguments, { isCreation }: { isCreation: boolean }): GroupPlace {
  const place: GroupPlace = {
    key: args.next(),
    name: args.next(),
    idText: args.next(),
    mayCreateStream: false,
    entriesRead: undefined,
  };
  while (args.remaining > 0) {
    if (isCreation && args.take("MKSTREAM")) place.mayCreateStream = true;
    else if (args.take("ENTRIESREAD")) {
      const count = args.integerFrom(-1, "ERR value for ENTRIESREAD must be positive or -1");
      place.entriesRead = count === -1 ? undefined : count;
    } else throw unknownOption("XGROUP", isCreation ? "CREATE" : "SETID");
  }
  return place;
}

function toGroupId(text: string, stream: Stream | undefined): StreamId {
  return text === "$" ? (stream?.lastId ?? 0n) : toStreamId(text);
}

function createGroup(args: CommandArguments, { database }: Session): Reply {
  const { key, name, idText, mayCreateStream, entriesRead } = readPlace(args, { isCreation: true });
  const known = database.get(key, "stream");
  if (known === undefined && !mayCreateStream) throw missingStream();
  const id = toGroupId(idText, known);
  const stream = known ?? database.obtain(key, "stream");
  if (stream.groups.has(name)) throw new ReplyError("BUSYGROUP Consumer Group name already exists");
  stream.groups.set(name, new ConsumerGroup(id, entriesRead));
  database.changed(key, "xgroup-create");
  return ok;
}

function setGroupId(args: CommandArguments, { database }: Session): Reply {
  const { key, name, idText, entriesRead } = readPlace(args, { isCreation: false });
  const { stream, group } = findGroup(database.get(key, "stream"), { key, name });
  group.lastId = toGroupId(idText, stream);
  group.entriesRead = entriesRead;
  database.changed(key, "xgroup-setid");
  return ok;
}

function removeGroup(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const stream = database.get(key, "stream");
  if (stream === undefined) throw missingStream();
  if (!stream.groups.delete(args.next())) return 0;
  database.changed(key, "xgroup-destroy");
  return 1;
}

function createConsumer(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  const { group } = findGroup(database.get(key, "stream"), { key, name: args.next() });
  if (!group.obtainConsumer(args.next(), engine.time).isNew) return 0;
  database.changed(key, "xgroup-createconsumer");
  return 1;
}

function removeConsumer(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const { group } = findGroup(database.get(key, "stream"), { key, name: args.next() });
  const pending = group.removeConsumer(args.next());
  if (pending === undefined) return 0;
  database.changed(key, "xgroup-delconsumer");
  return pending;
}

function findGroup(
  stream: Stream | undefined,
  { key, name }: { key: string; name: string },
): { stream: Stream; group: ConsumerGroup } {
  if (stream === undefined) throw missingStream();
  const group = stream.groups.get(name);
  if (group === undefined)
    throw new ReplyError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);
  return { stream, group };
}

function missingStream(): ReplyError {
  return new ReplyError(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
  );
}
