import type { Settings } from "../server/settings.ts";
import { parseInteger } from "../values/integers.ts";
import type { Entry } from "./value.ts";

/** The longest string that Redis stores together with its header. */
const embeddedLength = 44;

/** The name that Redis 7.0 gives the inner form of such a value (`OBJECT ENCODING`). */
export function encodingOf({ value, stringEncoding }: Entry, settings: Settings): string {
  switch (value.type) {
    case "string":
      if (stringEncoding === "raw") return "raw";
      if (stringEncoding === "embstr" && value.content.length <= embeddedLength) return "embstr";
      if (parseInteger(value.content) !== undefined) return "int";
      return value.content.length <= embeddedLength ? "embstr" : "raw";
    case "list":
      return "quicklist";
    case "stream":
      return "stream";
    case "set":
      return isIntegerSet(value.content.keys(), value.content.size, settings) ? "intset" : "hashtable";
    case "hash":
      return isSmall(flatten(value.content.entries()), value.content.size, { settings, kind: "hash" })
        ? "listpack"
        : "hashtable";
    case "zset":
      return isSmall(value.content.scores.keys(), value.content.size, { settings, kind: "zset" })
        ? "listpack"
        : "skiplist";
  }
}

/** About how many bytes of memory a value takes. */
export function estimateMemory(key: string, { value }: Entry): number {
  const overhead = 56 + key.length;
  switch (value.type) {
    case "string":
      return overhead + value.content.length;
    case "list":
      return overhead + sum(value.content, 16);
    case "set":
      return overhead + sum(value.content.keys(), 40);
    case "hash":
      return overhead + sum(flatten(value.content.entries()), 32);
    case "zset":
      return overhead + sum(value.content.scores.keys(), 72);
    case "stream": {
      let bytes = overhead;
      for (const entry of value.content.entries) bytes += 40 + sum(entry.fields, 16);
      for (const group of value.content.groups.values()) bytes += 100 + group.pendingCount * 64;
      return bytes;
    }
  }
}

function isIntegerSet(members: Iterable<string>, size: number, settings: Settings): boolean {
  if (size > settings.number("set-max-intset-entries")) return false;
  for (const member of members) if (parseInteger(member) === undefined) return false;
  return true;
}

function isSmall(
  texts: Iterable<string>,
  size: number,
  { settings, kind }: { settings: Settings; kind: "hash" | "zset" },
): boolean {
  if (size > settings.number(`${kind}-max-listpack-entries`)) return false;
  const longest = settings.number(`${kind}-max-listpack-value`);
  for (const text of texts) if (text.length > longest) return false;
  return true;
}

function* flatten(entries: Iterable<readonly [string, string]>): Generator<string> {
  for (const entry of entries) yield* entry;
}

function sum(texts: Iterable<string>, overhead: number): number {
  let bytes = 0;
  for (const text of texts) bytes += text.length + overhead;
  return bytes;
}
