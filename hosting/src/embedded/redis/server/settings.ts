import { normalizeEventLetters } from "../keyspace/key-events.ts";

/** How a setting is checked and written. */
interface SettingKind {
  /** The setting's usual form, `undefined` when the text is wrong. */
  read(text: string): string | undefined;
  /** What the refusal says. */
  complaint: string;
}

const anyText: SettingKind = { read: (text) => text, complaint: "argument is invalid" };
const yesOrNo: SettingKind = {
  read: (text) => (/^(?:yes|no)$/i.test(text) ? text.toLowerCase() : undefined),
  complaint: "argument must be 'yes' or 'no'",
};
const wholeNumber: SettingKind = {
  read: (text) => (/^-?\d{1,18}$/.test(text) ? String(Number(text)) : undefined),
  complaint: "argument couldn't be parsed into an integer",
};
const bytes: SettingKind = { read: readBytes, complaint: "argument must be a memory value" };
const eventLetters: SettingKind = {
  read: normalizeEventLetters,
  complaint: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
};
const evictionPolicy: SettingKind = {
  read: (text) =>
    /^(?:noeviction|(?:allkeys|volatile)-(?:lru|lfu|random)|volatile-ttl)$/i.test(text)
      ? text.toLowerCase()
      : undefined,
  complaint:
    "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
};

const kinds: Readonly<Record<string, readonly [initial: string, kind: SettingKind]>> = {
  activedefrag: ["no", yesOrNo],
  appendfsync: ["everysec", anyText],
  appendonly: ["no", yesOrNo],
  bind: ["127.0.0.1", anyText],
  "busy-reply-threshold": ["5000", wholeNumber],
  "client-output-buffer-limit": [
    "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    anyText,
  ],
  databases: ["16", wholeNumber],
  dbfilename: ["dump.dext", anyText],
  dir: ["", anyText],
  "hash-max-listpack-entries": ["512", wholeNumber],
  "hash-max-listpack-value": ["64", wholeNumber],
  hz: ["10", wholeNumber],
  "lazyfree-lazy-eviction": ["no", yesOrNo],
  "lazyfree-lazy-user-del": ["no", yesOrNo],
  "list-max-listpack-size": ["-2", wholeNumber],
  "lua-time-limit": ["5000", wholeNumber],
  maxclients: ["10000", wholeNumber],
  maxmemory: ["0", bytes],
  "maxmemory-policy": ["noeviction", evictionPolicy],
  "notify-keyspace-events": ["", eventLetters],
  port: ["0", wholeNumber],
  "proto-max-bulk-len": ["536870912", bytes],
  requirepass: ["", anyText],
  save: ["", anyText],
  "set-max-intset-entries": ["512", wholeNumber],
  "slowlog-log-slower-than": ["10000", wholeNumber],
  "slowlog-max-len": ["128", wholeNumber],
  "stream-node-max-bytes": ["4096", bytes],
  "stream-node-max-entries": ["100", wholeNumber],
  "tcp-keepalive": ["300", wholeNumber],
  timeout: ["0", wholeNumber],
  "zset-max-listpack-entries": ["128", wholeNumber],
  "zset-max-listpack-value": ["64", wholeNumber],
};

const aliases: Readonly<Record<string, string>> = {
  "hash-max-ziplist-entries": "hash-max-listpack-entries",
  "hash-max-ziplist-value": "hash-max-listpack-value",
  "zset-max-ziplist-entries": "zset-max-listpack-entries",
  "zset-max-ziplist-value": "zset-max-listpack-value",
  "list-max-ziplist-size": "list-max-listpack-size",
};

const fixed: ReadonlySet<string> = new Set(["bind", "databases", "dbfilename", "dir", "port"]);

/** What `CONFIG GET` and `CONFIG SET` know. */
export class Settings {
  readonly #values: Map<string, string>;

  constructor(initial: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(kinds).map(([name, [value]]) => [name, initial[name] ?? value]));
  }

  get names(): string[] {
    return [...this.#values.keys(), ...Object.keys(aliases)];
  }

  get(name: string): string {
    return this.#values.get(aliases[name] ?? name) ?? "";
  }

  number(name: string): number {
    return Number(this.get(name));
  }

  /** Checks a value and gives the reason when it cannot be set. */
  refusal(name: string, value: string): string | undefined {
    const real = aliases[name] ?? name;
    if (fixed.has(real)) return "can't set immutable config";
    const kind = kinds[real]?.[1] ?? anyText;
    return kind.read(value) === undefined ? kind.complaint : undefined;
  }

  has(name: string): boolean {
    return this.#values.has(aliases[name] ?? name);
  }

  set(name: string, value: string): void {
    const real = aliases[name] ?? name;
    this.#values.set(real, kinds[real]?.[1].read(value) ?? value);
  }
}

/** `"100mb"` → `"104857600"`. */
function readBytes(text: string): string | undefined {
  const match = /^(\d{1,15})(b|k|kb|m|mb|g|gb)?$/i.exec(text);
  if (match === null) return undefined;
  const unit = match[2]?.toLowerCase() ?? "b";
  const decimal = { k: 1e3, m: 1e6, g: 1e9 }[unit];
  const binary = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }[unit];
  return String(Number(match[1]) * (decimal ?? binary ?? 1));
}
