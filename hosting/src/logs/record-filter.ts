import { Buffer } from "node:buffer";
import { logLevels, parseJsonLog } from "@dext/protocol";
import type { LogQuery } from "@dext/protocol";
import { formatTime, newline, readSeq, textOffset, timeLength } from "./record-format.ts";

/** Leaves of a block of whole records those that are wanted; the same block when all are. */
export type RecordFilter = (block: Buffer) => Buffer;

const nothing = Buffer.alloc(0);

/** What a query asks of each line. */
export function createRecordFilter(query: LogQuery): RecordFilter {
  const { since, after, search, ignoreCase = false, level } = query;
  const filters: RecordFilter[] = [];
  if (after !== undefined)
    filters.push((block) => dropHead(block, (offset) => readSeq(block, offset) <= after));
  if (since !== undefined) {
    const earliest = formatTime(since);
    filters.push((block) =>
      dropHead(block, (offset) => block.toString("latin1", offset, offset + timeLength) < earliest),
    );
  }
  if (search !== undefined && search !== "") {
    filters.push(ignoreCase ? containsAnyCase(search) : contains(Buffer.from(search)));
  }
  if (level !== undefined) {
    const least = logLevels.indexOf(level);
    filters.push((block) =>
      selectEach(block, (text) => {
        const parsed = parseJsonLog(text);
        return parsed !== undefined && logLevels.indexOf(parsed.level) >= least;
      }),
    );
  }
  return (block) => filters.reduce((left, filter) => (left.length === 0 ? left : filter(left)), block);
}

/** Whether a query leaves lines out, so that lines have to be looked at to be counted. */
export function isFiltering({ since, after, before, search, level }: LogQuery): boolean {
  const isPart = since !== undefined || after !== undefined || before !== undefined;
  return isPart || (search ?? "") !== "" || level !== undefined;
}

/** Drops records from the front; they are in order, so a look at the last one often settles it. */
function dropHead(block: Buffer, unwanted: (offset: number) => boolean): Buffer {
  const last = block.length < 2 ? 0 : block.lastIndexOf(newline, block.length - 2) + 1;
  if (unwanted(last)) return nothing;
  let offset = 0;
  while (unwanted(offset)) offset = block.indexOf(newline, offset) + 1;
  return block.subarray(offset);
}

function contains(needle: Buffer): RecordFilter {
  return (block) => selectHits(block, (from) => block.indexOf(needle, from));
}

function containsAnyCase(search: string): RecordFilter {
  // Outside of ASCII upper and lower case differ in length: compare line by line.
  if (Buffer.byteLength(search) !== search.length) {
    const wanted = search.toLowerCase();
    return (block) => selectEach(block, (text) => text.toLowerCase().includes(wanted));
  }
  const pattern = new RegExp(search.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), "gi");
  return (block) => {
    const text = block.toString("latin1");
    return selectHits(block, (from) => {
      pattern.lastIndex = from;
      return pattern.exec(text)?.index ?? -1;
    });
  };
}

/** Keeps the records in whose text a hit lies. */
function selectHits(block: Buffer, next: (from: number) => number): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < block.length;) {
    const hit = next(at);
    if (hit === -1) break;
    const start = hit === 0 ? 0 : block.lastIndexOf(newline, hit - 1) + 1;
    const text = textOffset(block, start);
    if (hit < text) {
      at = text;
      continue;
    }
    const end = block.indexOf(newline, hit) + 1;
    kept.push(block.subarray(start, end));
    at = end;
  }
  return Buffer.concat(kept);
}

function selectEach(block: Buffer, wanted: (text: string) => boolean): Buffer {
  const kept: Buffer[] = [];
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(newline, start) + 1;
    if (wanted(block.toString("utf8", textOffset(block, start), end - 1)))
      kept.push(block.subarray(start, end));
    start = end;
  }
  return Buffer.concat(kept);
}
