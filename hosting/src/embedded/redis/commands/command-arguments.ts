import { notAFloat, notAnInteger, ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { parseDouble } from "../values/doubles.ts";
import { parseInteger } from "../values/integers.ts";
import type { Integer } from "../values/integers.ts";

/** The arguments of a command behind its name, read from left to right. */
export class CommandArguments {
  /** The command as errors name it, `set` or `config|get`. */
  readonly name: string;
  readonly #items: readonly string[];
  #at: number;

  constructor(name: string, items: readonly string[], start = 0) {
    this.name = name;
    this.#items = items;
    this.#at = start;
  }

  /** How many are left. */
  get remaining(): number {
    return this.#items.length - this.#at;
  }

  /** The next one. @throws ReplyError when there is none. */
  next(): string {
    const item = this.#items[this.#at++];
    if (item === undefined) throw syntaxError();
    return item;
  }

  /** The next one in capitals. */
  keyword(): string {
    return this.next().toUpperCase();
  }

  /** Takes the next one when it is this word, in capitals, and says so. */
  take(word: string): boolean {
    const item = this.#items[this.#at];
    if (item === undefined || item.length !== word.length || item.toUpperCase() !== word) return false;
    this.#at++;
    return true;
  }

  /** The next one as a 64-bit integer. */
  int64(message?: string): Integer {
    const value = parseInteger(this.next());
    if (value === undefined) throw message === undefined ? notAnInteger() : new ReplyError(message);
    return value;
  }

  /** The next one as an integer; beyond 2⁵³ it is no longer exact. */
  integer(message?: string): number {
    return Number(this.int64(message));
  }

  /** The next one as an integer that must not be below `minimum`. */
  integerFrom(minimum: number, message: string): number {
    const value = this.integer(message);
    if (value < minimum) throw new ReplyError(message);
    return value;
  }

  /** The next one as a floating point number, never NaN. */
  double(message?: string): number {
    const value = parseDouble(this.next());
    if (value === undefined) throw message === undefined ? notAFloat() : new ReplyError(message);
    return value;
  }

  /** All that are left. */
  rest(): string[] {
    const items = this.#items.slice(this.#at);
    this.#at = this.#items.length;
    return items;
  }

  /** The next `count`. @throws ReplyError when there are fewer. */
  several(count: number): string[] {
    if (count > this.remaining) throw syntaxError();
    const items = this.#items.slice(this.#at, this.#at + count);
    this.#at += count;
    return items;
  }

  /** A number and that many keys: `2 a b`. */
  countedKeys(): string[] {
    const count = this.integer();
    if (count <= 0) throw new ReplyError(`ERR at least 1 input key is needed for '${this.name}' command`);
    return this.several(count);
  }

  /** @throws ReplyError when something is left. */
  end(): void {
    if (this.remaining > 0) throw syntaxError();
  }
}
