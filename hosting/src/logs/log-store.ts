import { mkdir } from "node:fs/promises";
import { silentLogger, systemClock } from "@dext/core";
import type { Clock, Logger } from "@dext/core";
import type { LogLine, LogQuery } from "@dext/protocol";
import { ChannelFiles } from "./channel-files.ts";
import { DiskPressure } from "./disk-pressure.ts";
import { FilePump } from "./file-pump.ts";
import { LogChannel } from "./log-channel.ts";
import type { LineNumbers } from "./log-channel.ts";
import type { LogFrame } from "./log-frame.ts";
import { LineListeners } from "./line-listeners.ts";
import type { LineListener, LineListenerOptions } from "./line-listeners.ts";
import { ChannelSink } from "./log-sink.ts";
import type { LogSink } from "./log-sink.ts";
import { PagePool } from "./page-ring.ts";
import { readFrames } from "./read-frames.ts";
import { readLines, validateQuery } from "./read-lines.ts";
import type { LogSource } from "./readable-channel.ts";
import { SecretMask } from "./secret-mask.ts";
import { Wakeup } from "./wakeup.ts";

export type { LogSink } from "./log-sink.ts";

const mebibyte = 1_048_576;

/** When the disk hangs, closing waits at most this long, in milliseconds. */
const longestClose = 10_000;

export interface LogStoreOptions {
  /** The folder for the files, made when the first line comes. Only its owner may read it. */
  directory: string;
  clock?: Clock;
  /** Memory for the newest lines of each replica of each resource, in bytes; 8 MiB. */
  ringBytes?: number;
  /** Memory for the newest lines of all together, in bytes; 64 MiB. */
  totalRingBytes?: number;
  /** Size of one file, in bytes; 8 MiB. */
  segmentBytes?: number;
  /** Size of all files of one replica of a resource, in bytes; 128 MiB. The oldest file is removed to stay below. */
  maxBytes?: number;
  logger?: Logger;
}

/** What was not kept of one replica of a resource. */
interface DroppedLines {
  resource: string;
  replica: number;
  /** Lines in files that were removed to stay below the limit. */
  expired: number;
  /** Lines that never reached a file, because the disk was full or too slow. */
  unwritten: number;
}

/** Keeps what the resources of a run say: the newest in memory, all in files up to the limits. */
export interface LogStore {
  /** Where the output of one process goes; the replica is counted from 0. */
  sink(resource: string, replica: number): LogSink;
  /**
   * From now on this value is stored and shown as `***`, also as it stands in JSON text and in URLs. Values of fewer
   * than four bytes are ignored; of a value of several lines each line is hidden.
   */
  addSecret(value: string): void;
  /**
   * Lines in the order of their numbers over all resources: what is kept, or the tail that the query asks for, then,
   * with `follow`, each new one until the signal is aborted or the store is closed. A reader may be as slow as it
   * likes: it gets what is still kept, and a system line `… 12 lines skipped` for what is not.
   *
   * @throws {DextError} `DEXT_LOGS_QUERY_INVALID`
   */
  read(query?: LogQuery, options?: { signal?: AbortSignal | undefined }): AsyncIterable<LogLine>;
  /** The same as bytes, many lines at a time: for printing and sending on without making text of each line. */
  readFrames(query?: LogQuery, options?: { signal?: AbortSignal | undefined }): AsyncIterable<LogFrame>;
  /** Calls the listener with each new line, at once. Returns what ends that. */
  onLine(listener: LineListener, options?: LineListenerOptions): () => void;
  /** What was not kept, of those of whom anything was not. */
  dropped(): readonly DroppedLines[];
  /** Resolves when everything that has come so far is in the files, or cannot be. */
  flush(): Promise<void>;
  /** Writes what is left and ends all followers. What is stored can still be read. */
  close(): Promise<void>;
}

/** Makes the store of a run. */
export function createLogStore(options: LogStoreOptions): LogStore {
  return new FileLogStore(options);
}

interface Channel {
  lines: LogChannel;
  files: ChannelFiles;
  pump: FilePump;
  pressure: DiskPressure;
}

class FileLogStore implements LogStore, LogSource {
  readonly channels: LogChannel[] = [];
  closed = false;
  readonly #options: Required<LogStoreOptions>;
  readonly #mask = new SecretMask();
  readonly #pool: PagePool;
  readonly #numbers: LineNumbers = { last: 0 };
  readonly #byName = new Map<string, Channel>();
  readonly #changed = new Wakeup();
  readonly #listeners: LineListeners;
  #failed = false;
  #folder: Promise<unknown> | undefined;

  constructor({
    directory,
    clock = systemClock,
    ringBytes = 8 * mebibyte,
    totalRingBytes = 64 * mebibyte,
    segmentBytes = 8 * mebibyte,
    maxBytes = 128 * mebibyte,
    logger = silentLogger,
  }: LogStoreOptions) {
    this.#options = { directory, clock, ringBytes, totalRingBytes, segmentBytes, maxBytes, logger };
    this.#pool = new PagePool(totalRingBytes);
    this.#listeners = new LineListeners(logger);
  }

  get lastSeq(): number {
    return this.#numbers.last;
  }

  changed(signal?: AbortSignal): Promise<void> {
    return this.#changed.wait(signal);
  }

  sink(resource: string, replica: number): LogSink {
    const { lines, pressure } = this.#channel(resource, replica);
    return new ChannelSink({
      channel: lines,
      mask: this.#mask,
      clock: this.#options.clock,
      onChange: (channel) => this.#onChange(channel),
      isFull: () => pressure.isFull,
      drained: () => pressure.drained(),
    });
  }

  addSecret(value: string): void {
    this.#mask.add(value);
  }

  read(query: LogQuery = {}, { signal }: { signal?: AbortSignal | undefined } = {}): AsyncIterable<LogLine> {
    return readLines(this.readFrames(query, { signal }));
  }

  readFrames(
    query: LogQuery = {},
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): AsyncIterable<LogFrame> {
    validateQuery(query);
    return readFrames(this, query, { signal, now: () => this.#options.clock.now() });
  }

  onLine(listener: LineListener, options: LineListenerOptions = {}): () => void {
    const remove = this.#listeners.add(listener, options);
    for (const channel of this.channels) this.#listeners.attach(channel);
    return () => {
      remove();
      for (const channel of this.channels) this.#listeners.attach(channel);
    };
  }

  dropped(): readonly DroppedLines[] {
    return [...this.#byName.values()]
      .map(({ lines: { resource, replica }, files: { expired, unwritten } }) => ({
        resource,
        replica,
        expired,
        unwritten,
      }))
      .filter(({ expired, unwritten }) => expired + unwritten > 0);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#byName.values()].map(({ pump }) => pump.flush()));
  }

  async close(): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const timer = this.#options.clock.setTimer(enough.resolve, { milliseconds: longestClose });
    await Promise.race([this.#closeFiles(), enough.promise]);
    timer.clear();
    this.closed = true;
    this.#changed.wake();
  }

  async #closeFiles(): Promise<void> {
    await this.flush();
    this.closed = true;
    await Promise.all([...this.#byName.values()].map(({ pump }) => pump.close()));
    await Promise.all([...this.#byName.values()].map(({ files }) => files.close()));
  }

  #channel(resource: string, replica: number): Channel {
    const key = `${resource}.${replica}`;
    let channel = this.#byName.get(key);
    if (channel === undefined) {
      channel = this.#createChannel(resource, replica);
      this.#byName.set(key, channel);
      this.channels.push(channel.lines);
      this.#listeners.attach(channel.lines);
    }
    return channel;
  }

  #createChannel(resource: string, replica: number): Channel {
    const { directory, clock, ringBytes, segmentBytes, maxBytes } = this.#options;
    const files = new ChannelFiles({
      directory,
      prepare: () => (this.#folder ??= mkdir(directory, { recursive: true, mode: 0o700 })),
      resource,
      replica,
      segmentBytes,
      maxBytes,
      clock,
      onFailure: (error) => this.#onFailure({ resource, replica }, error),
      onRecovery: () => this.#onRecovery(),
    });
    const lines = new LogChannel({
      resource,
      replica,
      numbers: this.#numbers,
      pool: this.#pool,
      ringBytes,
      files,
    });
    const pressure = new DiskPressure(lines.ring, clock);
    const pump = new FilePump({ channel: lines, files, clock, onWritten: () => pressure.written() });
    return { lines, files, pump, pressure };
  }

  #onChange(channel: LogChannel): void {
    // Output may outlive the run: it stays in memory then.
    if (!this.closed) this.#byName.get(`${channel.resource}.${channel.replica}`)!.pump.notice();
    this.#changed.wake();
    this.#listeners.deliver(channel);
  }

  #onFailure(
    { resource, replica }: { resource: string; replica: number },
    error: NodeJS.ErrnoException,
  ): void {
    this.#folder = undefined;
    if (this.#failed) return;
    this.#failed = true;
    const { directory, logger } = this.#options;
    const full = error.code === "ENOSPC" || error.code === "EDQUOT";
    const reason = full ? "the disk is full" : error.message;
    const text = `Log lines cannot be written to "${directory}": ${reason}. The newest stay in memory.`;
    logger.warn(text, { code: full ? "DEXT_LOGS_DISK_FULL" : "DEXT_LOGS_WRITE_FAILED", directory, resource });
    this.sink(resource, replica).system(text);
  }

  #onRecovery(): void {
    if (!this.#failed) return;
    this.#failed = false;
    const { directory, logger } = this.#options;
    logger.info(`Log lines are written to "${directory}" again.`, { directory });
  }
}
