import type { Logger } from "@dext/core";
import type { LogLine } from "@dext/protocol";
import type { LogChannel } from "./log-channel.ts";
import { Buffer } from "node:buffer";
import { decodeFrame } from "./log-frame.ts";
import { encodeRecord, partialMark } from "./record-format.ts";
import type { PartialLine } from "./readable-channel.ts";

/** Sees each new line; it must be quick and must not throw. */
export type LineListener = (line: LogLine) => void;

export interface LineListenerOptions {
  /** Only this resource; all when absent. */
  resource?: string;
  /** Only this replica; all when absent. */
  replica?: number;
  /** Also lines that have not ended after 100 ms of silence, such as a prompt. They come again when they have. */
  partial?: boolean;
}

/** Those who want each line at once. A channel without listeners does not make text of its lines. */
export class LineListeners {
  readonly #logger: Logger;
  readonly #listeners = new Map<LineListener, LineListenerOptions>();
  readonly #records = new Map<LogChannel, Buffer[]>();
  readonly #shown = new WeakSet<PartialLine>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(listener: LineListener, options: LineListenerOptions): () => void {
    const own: LineListener = (line) => listener(line);
    this.#listeners.set(own, options);
    return () => this.#listeners.delete(own);
  }

  /** Begins, or ends, to collect the lines of a channel, as its listeners want. */
  attach(channel: LogChannel): void {
    if (!this.#wants(channel)) {
      channel.onRecord = undefined;
      this.#records.delete(channel);
    } else if (channel.onRecord === undefined) {
      const records: Buffer[] = [];
      this.#records.set(channel, records);
      channel.onRecord = (bytes, { start, end }) => records.push(Buffer.from(bytes.subarray(start, end)));
    }
  }

  /** Hands over what has come since the last time. */
  deliver(channel: LogChannel): void {
    const records = this.#records.get(channel);
    if (records === undefined) return;
    const { resource, replica } = channel;
    const bytes = Buffer.concat(records.splice(0));
    for (const line of decodeFrame({ resource, replica, bytes })) this.#call(line);
    for (const partial of channel.partials.values()) {
      if (this.#shown.has(partial)) continue;
      this.#shown.add(partial);
      this.#callPartial(channel, partial);
    }
  }

  #callPartial({ resource, replica }: LogChannel, { text, time, stream }: PartialLine): void {
    const bytes = encodeRecord(text, { time, seq: 0, stream, mark: partialMark });
    for (const line of decodeFrame({ resource, replica, bytes })) this.#call(line);
  }

  #wants(channel: LogChannel): boolean {
    return [...this.#listeners.values()].some((options) => matches(options, channel));
  }

  #call(line: LogLine): void {
    for (const [listener, options] of this.#listeners) {
      if (!matches(options, line) || (line.partial === true && options.partial !== true)) continue;
      try {
        listener(line);
      } catch (error) {
        this.#logger.error("A listener of log lines failed", { error });
      }
    }
  }
}

function matches(
  { resource, replica }: LineListenerOptions,
  line: { resource: string; replica: number },
): boolean {
  return (resource ?? line.resource) === line.resource && (replica ?? line.replica) === line.replica;
}
