import { Buffer } from "node:buffer";

/** Size of a page in bytes; the longest record fits in it. */
export const pageSize = 262_144;

/** A piece of memory with whole records, oldest first. */
export interface Page {
  readonly bytes: Buffer;
  /** The memory belongs to another page now. */
  gone: boolean;
  /** Bytes that hold records. */
  used: number;
  /** How many lines of the channel came before this page. */
  firstLine: number;
  /** Lines in this page. */
  lines: number;
  /** Bytes that are in the file, or will never be. */
  written: number;
  /** Lines that are in the file, or will never be. */
  writtenLines: number;
  /** Whether a write of this page is under way; its memory must not be reused then. */
  busy: boolean;
  /** Stretches of records whose numbers follow each other without a gap, as triples of offset, number, line. */
  readonly runs: number[];
}

/** Gives and takes the memory of pages, so that a noisy service does not keep the collector busy. */
export class PagePool {
  readonly #limit: number;
  readonly #free: Buffer[] = [];
  readonly #rings = new Set<PageRing>();
  #given = 0;

  /** @param bytes - What all rings together should not exceed. */
  constructor(bytes: number) {
    this.#limit = Math.max(1, Math.floor(bytes / pageSize));
  }

  add(ring: PageRing): void {
    this.#rings.add(ring);
  }

  take(): Buffer {
    if (this.#given >= this.#limit) this.#shrinkLargest();
    this.#given += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(pageSize);
  }

  give(bytes: Buffer): void {
    this.#given -= 1;
    if (this.#given + this.#free.length < this.#limit) this.#free.push(bytes);
  }

  #shrinkLargest(): void {
    let largest: PageRing | undefined;
    for (const ring of this.#rings) {
      if (ring.pages.length > (largest?.pages.length ?? 1)) largest = ring;
    }
    largest?.dropOldest();
  }
}

/**
 * The newest lines of one channel, in a bounded number of pages. A page whose bytes are not in the file yet is kept a
 * little longer, up to twice the size; beyond that its lines are given up for the file and counted.
 */
export class PageRing {
  /** Oldest first. */
  readonly pages: Page[] = [];
  readonly #pool: PagePool;
  readonly #limit: number;
  readonly #onLost: (lines: number) => void;

  constructor(options: { pool: PagePool; bytes: number; onLost: (lines: number) => void }) {
    this.#pool = options.pool;
    this.#limit = Math.max(2, Math.floor(options.bytes / pageSize));
    this.#onLost = options.onLost;
    options.pool.add(this);
  }

  /** Whether so much waits for the disk that whoever writes should pause. */
  get congested(): boolean {
    return this.pages.length > this.#limit;
  }

  /** How many lines came before the oldest one that is still in memory. */
  firstLine(count: number): number {
    return this.pages[0]?.firstLine ?? count;
  }

  /** The page to write a record of `length` bytes to. */
  pageFor(length: number, line: number): Page {
    const last = this.pages.at(-1);
    if (last !== undefined && last.used + length <= pageSize) return last;
    this.trim();
    if (this.pages.length >= this.#limit * 2) this.#giveUpOldest();
    const page: Page = {
      bytes: this.#pool.take(),
      gone: false,
      used: 0,
      firstLine: line,
      lines: 0,
      written: 0,
      writtenLines: 0,
      busy: false,
      runs: [],
    };
    this.pages.push(page);
    return page;
  }

  /** Lets go of the oldest pages beyond the limit, as far as they are written. */
  trim(): void {
    while (this.pages.length >= this.#limit && this.dropOldest());
  }

  /** Lets go of the oldest page when it is written; false when it is not, or is the only one. */
  dropOldest(): boolean {
    const [oldest] = this.pages;
    if (oldest === undefined || this.pages.length < 2 || oldest.busy || oldest.written < oldest.used)
      return false;
    this.pages.shift();
    this.#release(oldest);
    return true;
  }

  /** The page that holds a line, or would be the next to hold it. */
  find(line: number): Page | undefined {
    for (let at = this.pages.length - 1; at >= 0; at -= 1) {
      const page = this.pages[at]!;
      if (page.firstLine <= line) return page;
    }
    return undefined;
  }

  #giveUpOldest(): void {
    const at = this.pages.findIndex(({ busy }) => !busy);
    const [page] = this.pages.splice(at, 1);
    if (page === undefined) return;
    this.#onLost(page.lines - page.writtenLines);
    this.#release(page);
  }

  #release(page: Page): void {
    page.gone = true;
    this.#pool.give(page.bytes);
  }
}
