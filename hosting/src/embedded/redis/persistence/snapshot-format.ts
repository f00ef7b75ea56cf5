import { crc32 } from "node:zlib";

import type { Database } from "../keyspace/database.ts";
import type { Value } from "../keyspace/value.ts";
import { ProtocolError, RequestParser } from "../protocol/request-parser.ts";
import { readValue, RecordError, valueToWords } from "./value-codec.ts";

/*
 * A snapshot is a sequence of records in the form of requests, `*3\r\n$6\r\nstring\r\n…`:
 *   dext-redis 1             the format and its version
 *   database <index>         the records that follow are of this database
 *   <type> <ends> <key> …    a key, when it ends (0 never), what it holds
 *   end <count> <checksum>   how many keys there are, CRC-32 of all bytes before
 */

const magic = "dext-redis";
const version = "1";
const pieceLength = 1024 * 1024;

/** A key as a snapshot has it. */
export interface SnapshotKey {
  database: number;
  key: string;
  value: Value;
  expiresAt: number;
}

/** A snapshot cannot be used: it is damaged, or of another version. */
export class SnapshotFormatError extends Error {
  override readonly name: string = "SnapshotFormatError";
  readonly isVersion: boolean;

  constructor(message: string, { isVersion = false }: { isVersion?: boolean } = {}) {
    super(message);
    this.isVersion = isVersion;
  }
}

/** The bytes of everything in some databases. */
export function writeSnapshot(databases: readonly Database[]): Buffer[] {
  const pieces = new Pieces();
  let count = 0;
  pieces.addRecord([magic, version]);
  for (const database of databases) {
    if (database.size === 0) continue;
    pieces.addRecord(["database", String(database.index)]);
    for (const [key, { value, expiresAt }] of database.entries()) {
      pieces.addRecord([value.type, String(expiresAt), key, ...valueToWords(value)]);
      count++;
    }
  }
  return pieces.finish(count);
}

/** The keys of a snapshot. @throws SnapshotFormatError when it cannot be used. */
export function* readSnapshot(chunks: Iterable<Buffer>): Generator<SnapshotKey> {
  const records = readRecords(chunks);
  checkHeader(records.next());
  let database = 0;
  let count = 0;
  let hasEnded = false;
  for (const record of records) {
    const [type = "", second = "", key = ""] = record;
    if (hasEnded) throw new SnapshotFormatError("it goes on behind its end");
    if (type === "database") database = Number(second);
    else if (type === "end") {
      if (Number(second) !== count)
        throw new SnapshotFormatError(`it has ${count} keys where ${second} were written`);
      hasEnded = true;
    } else {
      count++;
      yield { database, key, value: toValue(type, record.slice(3)), expiresAt: Number(second) };
    }
  }
}

class Pieces {
  readonly #pieces: Buffer[] = [];
  #text = "";
  #checksum = 0;

  addRecord(words: readonly string[]): void {
    this.#add(`*${words.length}\r\n`);
    for (const word of words) {
      this.#add(`$${word.length}\r\n`);
      this.#add(word);
      this.#add("\r\n");
    }
  }

  finish(count: number): Buffer[] {
    this.#flush();
    const checksum = this.#checksum.toString(16);
    this.addRecord(["end", String(count), checksum]);
    this.#flush();
    return this.#pieces;
  }

  #add(text: string): void {
    if (this.#text.length + text.length > pieceLength) this.#flush();
    this.#text += text;
  }

  #flush(): void {
    if (this.#text === "") return;
    const piece = Buffer.from(this.#text, "latin1");
    this.#checksum = crc32(piece, this.#checksum);
    this.#pieces.push(piece);
    this.#text = "";
  }
}

/** Gives the first record, the header, at once and the last one only when it fits the bytes before it. */
function* readRecords(chunks: Iterable<Buffer>): Generator<string[]> {
  const parser = new RequestParser({ arguments: Infinity, bulkBytes: Infinity });
  let checksum = 0;
  let tail: Buffer = Buffer.alloc(0);
  const pending: string[][] = [];
  let isHeaderRead = false;
  try {
    for (const chunk of chunks) {
      // The end record, of at most 64 bytes, is not part of what it sums up.
      const known = Buffer.concat([tail, chunk]);
      const rest = Math.min(known.length, longestEnd);
      checksum = crc32(known.subarray(0, known.length - rest), checksum);
      tail = known.subarray(known.length - rest);
      parser.push(chunk);
      for (let record = parser.next(); record !== undefined; record = parser.next()) pending.push(record);
      while (pending.length > (isHeaderRead ? 1 : 0)) {
        yield pending.shift() as string[];
        isHeaderRead = true;
      }
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw new SnapshotFormatError("its records are not readable");
    throw error;
  }
  const [last] = pending;
  if (last === undefined || last[0] !== "end" || parser.pendingBytes > 0)
    throw new SnapshotFormatError("it is cut off");
  const end = tail.lastIndexOf("*3\r\n$3\r\nend\r\n");
  if (end === -1 || crc32(tail.subarray(0, end), checksum).toString(16) !== last[2]) {
    throw new SnapshotFormatError("its checksum does not fit its contents");
  }
  yield last;
}

const longestEnd = 64;

function checkHeader({ value, done }: IteratorResult<string[]>): void {
  if (done === true || value[0] !== magic) throw new SnapshotFormatError("it does not start like one");
  if (value[1] !== version) {
    throw new SnapshotFormatError(`its format has version "${value[1]}", this program reads "${version}"`, {
      isVersion: true,
    });
  }
}

function toValue(type: string, words: readonly string[]): Value {
  try {
    return readValue(type, words);
  } catch (error) {
    if (error instanceof RecordError) throw new SnapshotFormatError(error.message);
    throw error;
  }
}
