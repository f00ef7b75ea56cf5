import { Buffer } from "node:buffer";
import type { Clock, Timer } from "@dext/core";
import type { LogStream } from "@dext/protocol";
import { LineSplitter } from "./line-splitter.ts";
import type { LogChannel } from "./log-channel.ts";
import type { SecretMask } from "./secret-mask.ts";

/** A line that has not ended is shown after so much silence, in milliseconds. */
const partialAfter = 100;

/**
 * Where the output of one process goes. A process that is started again gets a sink of its own, so that a line which
 * the first one did not finish is not continued by the second.
 */
export interface LogSink {
  /**
   * Takes bytes in as they come from a child; the chunk may be used again afterwards. False when so much waits for the
   * disk that the child should be left waiting: see {@link LogSink.drained}.
   */
  write(stream: "stdout" | "stderr", chunk: Uint8Array): boolean;
  /** Resolves when writing may go on; at once when it may already. */
  drained(): Promise<void>;
  /** The stream has ended: what came after its last line end is its last line. */
  end(stream: "stdout" | "stderr"): void;
  /** Says something about the resource, a line for each line of the text. */
  system(text: string): void;
}

export interface ChannelSinkOptions {
  channel: LogChannel;
  mask: SecretMask;
  clock: Clock;
  /** Something was added to the channel, or a partial line is to be shown. */
  onChange: (channel: LogChannel) => void;
  /** Whether too much waits for the disk. */
  isFull: () => boolean;
  drained: () => Promise<void>;
}

/** The sink of one process of a channel. */
export class ChannelSink implements LogSink {
  readonly #options: ChannelSinkOptions;
  readonly #stdout: StreamState;
  readonly #stderr: StreamState;

  constructor(options: ChannelSinkOptions) {
    this.#options = options;
    this.#stdout = new StreamState("stdout", options);
    this.#stderr = new StreamState("stderr", options);
  }

  write(stream: "stdout" | "stderr", chunk: Uint8Array): boolean {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    (stream === "stdout" ? this.#stdout : this.#stderr).push(bytes);
    return !this.#options.isFull();
  }

  drained(): Promise<void> {
    return this.#options.drained();
  }

  end(stream: "stdout" | "stderr"): void {
    (stream === "stdout" ? this.#stdout : this.#stderr).end();
  }

  system(text: string): void {
    const { channel, clock, mask, onChange } = this.#options;
    channel.begin(clock.now(), "system");
    const splitter = new LineSplitter(channel, mask);
    splitter.push(Buffer.from(text.endsWith("\n") ? text : `${text}\n`));
    onChange(channel);
  }
}

/** One of the streams of a process. */
class StreamState {
  readonly #stream: LogStream;
  readonly #options: ChannelSinkOptions;
  readonly #splitter: LineSplitter;
  #timer: Timer | undefined;
  #lastPush = 0;

  constructor(stream: LogStream, options: ChannelSinkOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#splitter = new LineSplitter(options.channel, options.mask);
  }

  push(bytes: Buffer): void {
    const { channel, clock, onChange } = this.#options;
    const before = channel.count;
    channel.begin(clock.now(), this.#stream);
    this.#splitter.push(bytes);
    if (channel.count > before) {
      channel.partials.delete(this);
      onChange(channel);
    }
    if (this.#splitter.pending > 0) this.#watchSilence();
  }

  end(): void {
    const { channel, clock, onChange } = this.#options;
    this.#timer?.clear();
    this.#timer = undefined;
    if (this.#splitter.pending === 0) return;
    channel.begin(clock.now(), this.#stream);
    this.#splitter.flush();
    channel.partials.delete(this);
    onChange(channel);
  }

  /** One timer for many chunks: it looks when the last one came and waits for the rest of the time. */
  #watchSilence(): void {
    const { clock } = this.#options;
    this.#lastPush = clock.monotonic();
    this.#timer ??= clock.setTimer(() => this.#onSilence(), { milliseconds: partialAfter, unref: true });
  }

  #onSilence(): void {
    const { channel, clock, onChange } = this.#options;
    this.#timer = undefined;
    if (this.#splitter.pending === 0) return;
    const left = this.#lastPush + partialAfter - clock.monotonic();
    if (left >= 1) {
      this.#timer = clock.setTimer(() => this.#onSilence(), { milliseconds: left, unref: true });
      return;
    }
    const text = this.#splitter.peek().toString();
    channel.partials.set(this, { text, time: clock.now(), stream: this.#stream });
    onChange(channel);
  }
}
