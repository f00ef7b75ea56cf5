import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import type { Session } from "../server/session.ts";
import { largestStreamId } from "../values/stream-id.ts";
import type { StreamId } from "../values/stream-id.ts";
import type { Stream, StreamEntry } from "../values/stream.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { readCount } from "./stream-arguments.ts";

/** What `XREAD` and `XREADGROUP` are asked. */
export interface ReadOptions {
  group: { name: string; consumer: string } | undefined;
  limit: number;
  /** Milliseconds, 0 for ever; `undefined` when the command must not wait. */
  timeout: number | undefined;
  isAcknowledged: boolean;
  streams: { key: string; id: string }[];
}

export function readOptions(args: CommandArguments, session: Session): ReadOptions {
  const options: ReadOptions = {
    group: undefined,
    limit: Infinity,
    timeout: undefined,
    isAcknowledged: false,
    streams: [],
  };
  const isGrouped = args.name === "xreadgroup";
  for (;;) {
    if (args.take("COUNT")) options.limit = readCount(args) || Infinity;
    else if (args.take("BLOCK")) options.timeout = readBlock(args);
    else if (args.take("NOACK")) {
      if (!isGrouped) throw groupOnly("NOACK");
      options.isAcknowledged = true;
    } else if (args.take("GROUP")) {
      if (!isGrouped) throw groupOnly("GROUP");
      options.group = { name: args.next(), consumer: args.next() };
    } else if (args.take("STREAMS")) break;
    else throw syntaxError();
  }
  if (session.isScript && options.timeout !== undefined) {
    const name = args.name.toUpperCase();
    throw new ReplyError(`ERR ${name} command is not allowed with BLOCK option from scripts`);
  }
  options.streams = readStreams(args);
  if (isGrouped && options.group === undefined)
    throw new ReplyError("ERR Missing GROUP option for XREADGROUP");
  return options;
}

function groupOnly(option: string): ReplyError {
  return new ReplyError(
    `ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`,
  );
}

function readBlock(args: CommandArguments): number {
  const timeout = args.integer("ERR timeout is not an integer or out of range");
  if (timeout < 0) throw new ReplyError("ERR timeout is negative");
  return timeout;
}

function readStreams(args: CommandArguments): { key: string; id: string }[] {
  const words = args.rest();
  if (words.length === 0) throw syntaxError();
  if (words.length % 2 !== 0) {
    throw new ReplyError(
      "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
    );
  }
  const half = words.length / 2;
  return words.slice(0, half).map((key, index) => ({ key, id: words[half + index] as string }));
}

/** The entries behind an id; no stream has none. */
export function entriesAfter(stream: Stream | undefined, after: StreamId, limit: number): StreamEntry[] {
  return stream === undefined || after === largestStreamId
    ? []
    : stream.range(after + 1n, largestStreamId, { limit });
}
