import type { Buffer } from "node:buffer";
import { sleep } from "@dext/core";
import type { Clock } from "@dext/core";
import type { LogSink } from "../logs/log-sink.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { FrameReader } from "./engine-stream.ts";

/** What {@link ContainerLog} takes. */
export interface ContainerLogOptions {
  engine: ContainerEngine;
  /** The container's id. */
  id: string;
  sink: LogSink;
  clock: Clock;
  /** Milliseconds since 1970: only what came later is read; everything when absent. */
  since?: number;
  /** Whether there may be more: asked when the engine ends the log. */
  isRunning: () => Promise<boolean>;
}

const reconnectPause = 250;

/** Reads the output of a container into a sink, until the container has ended and everything has been read. */
export class ContainerLog {
  readonly #options: ContainerLogOptions;
  readonly #closing: AbortController = new AbortController();
  /** Resolves when nothing more comes; never rejects. */
  readonly ended: Promise<void>;

  constructor(options: ContainerLogOptions) {
    this.#options = options;
    this.ended = this.#read();
  }

  /** Waits until everything has been read, at most so many milliseconds. */
  async drain({ timeout }: { timeout: number }): Promise<void> {
    const timer = this.#options.clock.setTimer(() => this.#closing.abort(), { milliseconds: timeout });
    await this.ended;
    timer.clear();
  }

  async #read(): Promise<void> {
    const { sink, clock, isRunning } = this.#options;
    const { signal } = this.#closing;
    let since = this.#options.since;
    while (!signal.aborted) {
      try {
        await this.#follow(since);
      } catch {
        // The connection broke; the log goes on where it stopped when the container does.
      }
      since = clock.now();
      if (!(await isRunning()) || signal.aborted) break;
      await sleep(reconnectPause, { signal, clock }).catch(() => undefined);
    }
    sink.end("stdout");
    sink.end("stderr");
  }

  async #follow(since: number | undefined): Promise<void> {
    const { engine, id, sink } = this.#options;
    const { signal } = this.#closing;
    const response = await engine.open({
      path: `/containers/${id}/logs`,
      query: {
        follow: true,
        stdout: true,
        stderr: true,
        ...(since === undefined ? {} : { since: (since / 1000).toFixed(3) }),
      },
      signal,
    });
    const frames = new FrameReader();
    for await (const bytes of response) {
      let goesOn = true;
      for (const { stream, chunk } of frames.push(bytes as Buffer)) goesOn = sink.write(stream, chunk);
      if (!goesOn) await sink.drained();
    }
  }
}
