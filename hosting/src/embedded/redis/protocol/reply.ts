import type { ReplyError } from "./reply-error.ts";

/*
 * What commands answer with. Byte strings are JavaScript strings with one character per byte ("latin1"):
 * they compare and concatenate like bytes, take one byte of memory each and serve as keys of maps.
 */

/** An answer of a command, before it is written in RESP2 or RESP3. */
export type Reply =
  | string
  | number
  | bigint
  | boolean
  | null
  | Status
  | DoubleReply
  | MapReply
  | SetReply
  | PairsReply
  | NamedListReply
  | VerbatimText
  | PushReply
  | NullArray
  | ReplyError
  | NoReply
  | readonly Reply[];

/** A simple string, `+OK`. */
export class Status {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A floating point number: a double in RESP3, its text in RESP2. */
export class DoubleReply {
  readonly value: number;
  /** How it is written, where that is not the usual form. */
  readonly text: string | undefined;

  constructor(value: number, text?: string) {
    this.value = value;
    this.text = text;
  }
}

/** Keys and values in turn: a map in RESP3, a flat array in RESP2. */
export class MapReply {
  readonly flat: readonly Reply[];

  constructor(flat: readonly Reply[]) {
    this.flat = flat;
  }
}

/** Distinct members: a set in RESP3, an array in RESP2. */
export class SetReply {
  readonly items: readonly Reply[];

  constructor(items: readonly Reply[]) {
    this.items = items;
  }
}

/** Pairs given flat: an array of two-element arrays in RESP3, a flat array in RESP2. */
export class PairsReply {
  readonly flat: readonly Reply[];

  constructor(flat: readonly Reply[]) {
    this.flat = flat;
  }
}

/** Names and values in turn: a map in RESP3, an array of two-element arrays in RESP2 (what `XREAD` answers). */
export class NamedListReply {
  readonly flat: readonly Reply[];

  constructor(flat: readonly Reply[]) {
    this.flat = flat;
  }
}

/** Text for people: a verbatim string in RESP3, a bulk string in RESP2. */
export class VerbatimText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A message out of band: a push in RESP3, an array in RESP2. */
export class PushReply {
  readonly items: readonly Reply[];

  constructor(items: readonly Reply[]) {
    this.items = items;
  }
}

/** The null that RESP2 writes as an array without length. */
export class NullArray {
  readonly isNullArray = true;
}

/** Nothing is sent now: the command has sent its answers itself, or its client waits. */
export class NoReply {
  readonly isNoReply = true;
}

/** `+OK`. */
export const ok: Status = new Status("OK");
/** `+QUEUED`. */
export const queued: Status = new Status("QUEUED");
/** `*-1`. */
export const nullArray: NullArray = new NullArray();
/** See {@link NoReply}. */
export const noReply: NoReply = new NoReply();
