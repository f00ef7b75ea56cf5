import { crc32 } from "node:zlib";

import { readValue, RecordError, valueToWords } from "../persistence/value-codec.ts";
import { encodeReply } from "../protocol/reply-encoder.ts";
import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { ProtocolError, RequestParser } from "../protocol/request-parser.ts";
import type { Value } from "../keyspace/value.ts";
import type { Session } from "../server/session.ts";
import type { CommandArguments } from "./command-arguments.ts";

const checksumLength = 8;

/** `DUMP`: a value in a form of our own, which a real server does not read. */
export function dump(args: CommandArguments, { database }: Session): Reply {
  const entry = database.peek(args.next());
  if (entry === undefined) return null;
  const payload = encodeReply([entry.value.type, ...valueToWords(entry.value)], 2);
  return payload + checksum(payload);
}

/** `RESTORE`: what `DUMP` gave becomes a key again. */
export function restore(args: CommandArguments, { database, engine }: Session): Reply {
  const key = args.next();
  const timeToLive = args.integer();
  const payload = args.next();
  let isReplacing = false;
  let isAbsolute = false;
  while (args.remaining > 0) {
    if (args.take("REPLACE")) isReplacing = true;
    else if (args.take("ABSTTL")) isAbsolute = true;
    else if (args.take("IDLETIME") || args.take("FREQ")) args.integer();
    else throw syntaxError();
  }
  if (!isReplacing && database.has(key)) throw new ReplyError("BUSYKEY Target key name already exists.");
  if (timeToLive < 0) throw new ReplyError("ERR Invalid TTL value, must be >= 0");
  const value = readPayload(payload);
  const expiresAt = timeToLive === 0 || isAbsolute ? timeToLive : engine.time + timeToLive;
  if (expiresAt !== 0 && expiresAt <= engine.time) {
    database.delete(key);
    return ok;
  }
  database.put(key, value, { expiresAt });
  database.changed(key, "restore");
  return ok;
}

function readPayload(payload: string): Value {
  const body = payload.slice(0, -checksumLength);
  const wrong = new ReplyError("ERR DUMP payload version or checksum are wrong");
  if (payload.slice(-checksumLength) !== checksum(body)) throw wrong;
  try {
    const parser = new RequestParser({ arguments: Infinity, bulkBytes: Infinity });
    parser.push(Buffer.from(body, "latin1"));
    const [type = "", ...words] = parser.next() ?? [];
    return readValue(type, words);
  } catch (error) {
    if (error instanceof RecordError || error instanceof ProtocolError) throw wrong;
    throw error;
  }
}

function checksum(text: string): string {
  return crc32(Buffer.from(text, "latin1")).toString(16).padStart(checksumLength, "0");
}
