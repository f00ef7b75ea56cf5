import type { LogLine, RunClient } from "@dext/protocol";
import { createLinePages } from "./line-pages.ts";
import type { LinePages } from "./line-pages.ts";
import { createTextMatcher } from "./line-selection.ts";
import type { LineSelection } from "./line-selection.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { LineRows } from "./line-rows.ts";
import type { LineStore } from "./line-store.ts";
import { isAfter, lastScreen, rowsDown, rowsFrom, rowsUp } from "./row-place.ts";
import type { LinesInRows, RowPlace, WindowRow } from "./row-place.ts";

/** So many of the newest lines of a selection are kept to be followed. */
const followedLines = 4000;
/** When so few lines are left at an end, more are read. */
const readAhead = 300;

/** What {@link createLogWindow} takes. */
export interface LogWindowOptions {
  run: RunClient;
  store: LineStore;
  signal: AbortSignal;
  /** Called when something came that changes what is seen. */
  onChange: () => void;
  /** Called with what went wrong while lines were read. */
  onError: (error: unknown) => void;
}

/** The part of the log that is seen: it follows what comes, or stands still anywhere in what is kept. */
export interface LogWindow {
  readonly selection: LineSelection;
  readonly isFollowing: boolean;
  /** Lines that have come since it stands still. */
  readonly newer: number;
  /** Whether lines are being read. */
  readonly isReading: boolean;
  /** The line that the search has found last. */
  readonly current: LogLine | undefined;
  /** Whether it is at the oldest line that is kept. */
  readonly isAtStart: boolean;
  select(selection: LineSelection): void;
  /** The rows to be seen. Also tells the window its size, which scrolling goes by. */
  rows(size: { height: number; rowsOf: LineRows }): WindowRow[];
  follow(): void;
  freeze(): void;
  /** Moves by rows, down when positive. */
  scroll(rows: number): Promise<void>;
  /** To the oldest line that is kept. */
  toStart(): Promise<void>;
  /** The lines between two, those included, as far as they are at hand. */
  linesBetween(first: LogLine, last: LogLine): LogLine[];
  /** To the nearest line with the text; resolves with whether there is one. */
  search(text: string, direction: "older" | "newer"): Promise<boolean>;
}

export function createLogWindow(options: LogWindowOptions): LogWindow {
  return new Window(options);
}

class Window implements LogWindow {
  selection: LineSelection = {};
  current: LogLine | undefined;
  isReading = false;
  readonly #options: LogWindowOptions;
  #live: LineBuffer;
  #pages: LinePages | undefined;
  #addedAtFreeze = 0;
  /** What is seen first while it stands still. */
  #top: RowPlace = { index: 0, row: 0 };
  /** What was seen first while it followed. */
  #seenFirst: { line: LogLine; row: number } | undefined;
  #height = 1;
  #rowsOf: LineRows = ({ text }) => [text];
  /** Reading goes on one after another; each selection has its own. */
  #reading: Promise<unknown> = Promise.resolve();
  #searching: Promise<unknown> = Promise.resolve();

  constructor(options: LogWindowOptions) {
    this.#options = options;
    this.#live = options.store.select(this.selection, { limit: followedLines });
  }

  get isFollowing(): boolean {
    return this.#pages === undefined;
  }

  get newer(): number {
    return this.isFollowing ? 0 : this.#live.added - this.#addedAtFreeze;
  }

  get isAtStart(): boolean {
    const { index, row } = this.#top;
    return this.#pages !== undefined && !this.#pages.hasOlder && index === 0 && row === 0;
  }

  select(selection: LineSelection): void {
    const { store } = this.#options;
    store.release(this.#live);
    this.selection = selection;
    this.#live = store.select(selection, { limit: followedLines });
    this.#pages = undefined;
    this.#seenFirst = undefined;
    this.current = undefined;
    if (this.#live.lines.length < readAhead) void this.#fill(this.#live);
  }

  rows({ height, rowsOf }: { height: number; rowsOf: LineRows }): WindowRow[] {
    this.#height = Math.max(1, height);
    this.#rowsOf = rowsOf;
    return this.#pages === undefined ? this.#newestRows() : this.#frozenRows();
  }

  follow(): void {
    this.#pages = undefined;
    this.current = undefined;
  }

  freeze(): void {
    if (this.#pages !== undefined) return;
    const { run, signal } = this.#options;
    const { lines } = this.#live;
    this.#pages = createLinePages({ run, selection: this.selection, lines, signal });
    this.#addedAtFreeze = this.#live.added;
    // More may have come since the last picture: what was seen is what has to stay.
    const index = this.#seenFirst === undefined ? -1 : lines.lastIndexOf(this.#seenFirst.line);
    const last = lastScreen(this.#inRows(lines), this.#height);
    this.#top = index === -1 ? last : { index, row: this.#seenFirst?.row ?? 0 };
  }

  async scroll(rows: number): Promise<void> {
    if (rows > 0 && this.isFollowing) return;
    this.freeze();
    if (rows < 0) await this.#scrollUp(-rows);
    else await this.#scrollDown(rows);
  }

  async toStart(): Promise<void> {
    this.freeze();
    await this.#read(async (pages) => {
      await pages.readStart();
      this.#top = { index: 0, row: 0 };
    });
  }

  linesBetween(first: LogLine, last: LogLine): LogLine[] {
    const lines = this.#pages?.lines ?? this.#live.lines;
    return lines.filter(({ seq }) => seq >= first.seq && seq <= last.seq);
  }

  search(text: string, direction: "older" | "newer"): Promise<boolean> {
    // The next search begins where this one ends.
    const found = this.#searching.then(() => this.#search(text, direction));
    this.#searching = found.catch(() => undefined);
    return found;
  }

  async #search(text: string, direction: "older" | "newer"): Promise<boolean> {
    const wasFollowing = this.isFollowing;
    this.freeze();
    const pages = this.#pages;
    const from = this.#searchStart(direction, wasFollowing);
    const found = await this.#find(text, { from, direction });
    if (found === undefined) {
      if (wasFollowing && this.#pages === pages) this.follow();
      return false;
    }
    // Meanwhile something else may be looked at.
    if (this.#pages !== pages) return true;
    this.current = found;
    this.#showLine(found);
    return true;
  }

  async #find(
    text: string,
    { from, direction }: { from: number; direction: "older" | "newer" },
  ): Promise<LogLine | undefined> {
    const lines = this.#pages?.lines ?? [];
    const contains = createTextMatcher(text);
    const near =
      direction === "older"
        ? lines.findLast((line) => line.seq < from && contains(line.text))
        : lines.find((line) => line.seq > from && contains(line.text));
    if (near !== undefined) return near;
    let found: LogLine | undefined;
    await this.#read(async (pages) => {
      found = await pages.find(text, { from, direction });
      if (found !== undefined) await pages.readAround(found.seq);
    });
    const seq = found?.seq;
    // The same line, as it stands in what was read around it.
    return seq === undefined ? undefined : this.#pages?.lines.find((line) => line.seq === seq);
  }

  /** Beside what was found last while that is in sight, else from the edge of what is seen. */
  #searchStart(direction: "older" | "newer", wasFollowing: boolean): number {
    const seen = this.#frozenRows();
    if (this.current !== undefined && seen.some(({ line }) => line.seq === this.current?.seq))
      return this.current.seq;
    if (wasFollowing) return direction === "older" ? Number.MAX_SAFE_INTEGER : (seen.at(-1)?.line.seq ?? 0);
    const edge = direction === "older" ? seen.at(-1) : seen[0];
    return (edge?.line.seq ?? 0) + (direction === "older" ? 1 : -1);
  }

  /** Brings a line near the middle. */
  #showLine(line: LogLine): void {
    const lines = this.#pages?.lines ?? [];
    const index = lines.indexOf(line);
    if (index === -1) return;
    this.#top = rowsUp(this.#inRows(lines), { index, row: 0, rows: this.#height >> 1 }).place;
    this.#keepFilled();
  }

  async #scrollUp(rows: number): Promise<void> {
    const pages = this.#pages;
    const { place, left } = rowsUp(this.#inRows(), { ...this.#top, rows });
    this.#top = place;
    const isNearEnd = (): boolean => this.#top.index < readAhead && this.#pages?.hasOlder === true;
    if (!isNearEnd()) return;
    await this.#read(async (current) => {
      // Another one that waited for the same may have read enough.
      if (isNearEnd()) this.#shift(-(await current.readOlder()));
    });
    // Meanwhile something else may be looked at.
    if (this.#pages === pages) this.#top = rowsUp(this.#inRows(), { ...this.#top, rows: left }).place;
  }

  async #scrollDown(rows: number): Promise<void> {
    const pages = this.#pages;
    if (pages === undefined) return;
    if (this.#top.index + this.#height + readAhead >= pages.lines.length) await this.#readNewer();
    if (this.#pages !== pages) return;
    const last = lastScreen(this.#inRows(), this.#height);
    const place = rowsDown(this.#inRows(), { ...this.#top, rows });
    const isPastEnd = isAfter(place, last);
    const isAtEnd = pages.lines.at(-1)?.seq === this.#live.lines.at(-1)?.seq;
    // Whoever scrolls beyond the newest line wants to see what comes.
    if (isPastEnd && isAtEnd) this.follow();
    else this.#top = isPastEnd ? last : place;
  }

  /** What is still in memory is there at once. */
  async #readNewer(): Promise<void> {
    const pages = this.#pages;
    const end = pages?.lines.at(-1)?.seq;
    const first = this.#live.lines[0]?.seq;
    if (pages === undefined || this.#live.lines.at(-1)?.seq === end) return;
    if (end !== undefined && first !== undefined && first <= end) {
      this.#shift(pages.append(this.#live.lines.filter(({ seq }) => seq > end)));
      return;
    }
    await this.#read(async (current) => this.#shift((await current.readNewer()).dropped));
  }

  /** Lines went in front of what is seen, or came there. */
  #shift(dropped: number): void {
    const index = this.#top.index - dropped;
    this.#top = index < 0 ? { index: 0, row: 0 } : { ...this.#top, index };
  }

  #newestRows(): WindowRow[] {
    const rows = this.#inRows(this.#live.lines);
    const top = lastScreen(rows, this.#height);
    const line = rows.lines[top.index];
    this.#seenFirst = line === undefined ? undefined : { line, row: top.row };
    return rowsFrom(rows, { ...top, height: this.#height });
  }

  #frozenRows(): WindowRow[] {
    return rowsFrom(this.#inRows(), { ...this.#top, height: this.#height });
  }

  #inRows(lines: readonly LogLine[] = this.#pages?.lines ?? []): LinesInRows {
    return { lines, rowsOf: (line) => this.#rowsOf(line) };
  }

  /** Not further down than to have the window full. */
  #keepFilled(): void {
    const last = lastScreen(this.#inRows(), this.#height);
    if (isAfter(this.#top, last)) this.#top = last;
  }

  /** A selection whose lines are rare has few of them among the newest of all. */
  async #fill(live: LineBuffer): Promise<void> {
    const { run, signal, onChange, onError } = this.#options;
    try {
      const pages = createLinePages({ run, selection: this.selection, lines: [...live.lines], signal });
      await pages.readOlder();
      live.prepend(pages.lines);
      onChange();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }

  /** Reads one thing after another, and nothing for what is not looked at any more. */
  async #read(work: (pages: LinePages) => Promise<void>): Promise<void> {
    const pages = this.#pages;
    const { onChange, onError, signal } = this.#options;
    const next = this.#reading.then(async () => {
      if (pages === undefined || this.#pages !== pages) return;
      this.isReading = true;
      onChange();
      try {
        await work(pages);
      } catch (error) {
        if (!signal.aborted) onError(error);
      } finally {
        this.isReading = false;
        onChange();
      }
    });
    this.#reading = next;
    await next;
  }
}
