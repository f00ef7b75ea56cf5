import { ReplyError } from "../protocol/reply-error.ts";
import { NamedListReply, nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runOrBlock } from "../server/blocked-calls.ts";
import type { Session } from "../server/session.ts";
import type { StreamId } from "../values/stream-id.ts";
import type { Stream } from "../values/stream.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { describeEntry, toStreamId } from "./stream-arguments.ts";
import { readGroup } from "./stream-group-reading.ts";
import { entriesAfter, readOptions } from "./stream-read-options.ts";

/** `XREAD` and `XREADGROUP`. */
export const streamReadingCommands: readonly CommandRow[] = [
  { name: "xread", arity: -4, flags: "readonly blocking movablekeys", findKeys: findStreamKeys, run: read },
  {
    name: "xreadgroup",
    arity: -7,
    flags: "write blocking movablekeys",
    findKeys: findStreamKeys,
    run: readGroup,
  },
];

function findStreamKeys(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => word.toUpperCase() === "STREAMS") + 1;
  return start === 0 ? [] : words.slice(start, start + (words.length - start) / 2);
}

function read(args: CommandArguments, session: Session): Reply {
  const { limit, timeout, streams } = readOptions(args, session);
  const places = streams.map(({ key, id }) => ({
    key,
    after: toReadId(id, session.database.get(key, "stream")),
  }));
  const attempt = (writtenKey?: string): Reply | undefined => {
    const found: Reply[] = [];
    for (const { key, after } of places) {
      if (writtenKey !== undefined && key !== writtenKey) continue;
      const entries = entriesAfter(session.database.get(key, "stream"), after, limit);
      if (entries.length > 0)
        found.push(
          key,
          entries.map((entry) => describeEntry(entry)),
        );
    }
    return found.length === 0 ? undefined : new NamedListReply(found);
  };
  if (timeout === undefined) return attempt() ?? nullArray;
  const keys = streams.map(({ key }) => key);
  return runOrBlock(session, { keys, type: "stream", timeout, attempt, onTimeout: nullArray });
}

function toReadId(id: string, stream: Stream | undefined): StreamId {
  if (id === "$") return stream?.lastId ?? 0n;
  if (id === ">") {
    throw new ReplyError(
      "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
    );
  }
  return toStreamId(id);
}
