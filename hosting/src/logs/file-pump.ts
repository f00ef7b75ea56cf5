import type { Clock, Timer } from "@dext/core";
import type { ChannelFiles } from "./channel-files.ts";
import type { LogChannel } from "./log-channel.ts";
import type { Page } from "./page-ring.ts";

/** Lines wait at most this long, in milliseconds, before they are written to their file. */
const flushAfter = 100;

/** Carries a channel's pages to its files, one write at a time, straight from the memory of the ring. */
export class FilePump {
  readonly #channel: LogChannel;
  readonly #files: ChannelFiles;
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: { channel: LogChannel; files: ChannelFiles; clock: Clock; onWritten: () => void }) {
    this.#channel = options.channel;
    this.#files = options.files;
    this.#clock = options.clock;
    this.#onWritten = options.onWritten;
  }

  /** Lines have come: full pages are written at once, others soon. */
  notice(): void {
    if (this.#running !== undefined || this.#closed) return;
    const { pages } = this.#channel.ring;
    const last = pages.at(-1);
    if (last !== undefined && pages.length > 1 && hasUnwritten(pages.at(-2)!)) this.#start(0);
    else {
      this.#timer ??= this.#clock.setTimer(() => this.#start(this.#channel.count), {
        milliseconds: flushAfter,
      });
    }
  }

  /** Resolves when everything that has come so far is written, or cannot be. */
  async flush(): Promise<void> {
    const { count } = this.#channel;
    while (this.#unwrittenFrom() < count) {
      this.#start(count);
      await this.#running;
    }
  }

  /** Writes nothing more; resolves when the write under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.clear();
    this.#timer = undefined;
    await this.#running;
  }

  /** Writes all full pages, and what else is needed to have the first `count` lines written. */
  #start(count: number): void {
    this.#timer?.clear();
    this.#timer = undefined;
    this.#running ??= this.#run(count).finally(() => {
      this.#running = undefined;
      if (this.#unwrittenFrom() < this.#channel.count) this.notice();
    });
  }

  async #run(count: number): Promise<void> {
    for (;;) {
      const { pages } = this.#channel.ring;
      const page = pages.find(hasUnwritten);
      if (page === undefined || (page === pages.at(-1) && this.#unwrittenFrom() >= count)) return;
      await this.#write(page);
      this.#channel.ring.trim();
      this.#onWritten();
    }
  }

  async #write(page: Page): Promise<void> {
    const { used, lines, written, writtenLines } = page;
    page.busy = true;
    await this.#files.append({
      bytes: page.bytes.subarray(written, used),
      lines: lines - writtenLines,
      firstLine: page.firstLine + writtenLines,
    });
    page.written = used;
    page.writtenLines = lines;
    page.busy = false;
  }

  /** How many lines came before the first one that still waits. */
  #unwrittenFrom(): number {
    const page = this.#channel.ring.pages.find(hasUnwritten);
    return page === undefined ? this.#channel.count : page.firstLine + page.writtenLines;
  }
}

function hasUnwritten(page: Page): boolean {
  return page.written < page.used;
}
