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

/**
 * Reads the output of a container into a sink, until the container has ended and everything has been read.
 *
 * Where a connection broke is known by the number of bytes, not by the time: a clock that is set would have lines lost
 * or given twice.
 */
export class ContainerLog {
  readonly #options: ContainerLogOptions;
  readonly #closing: AbortController = new AbortController();
  /** Bytes of each stream that the sink has been given. */
  readonly #given = { stdout: 0, stderr: 0 };
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
    while (!signal.aborted) {
      const isWhole = await this.#tryFollow();
      if (!(await isRunning()) || signal.aborted) {
        if (!isWhole) await this.#tryRest();
        break;
      }
      await sleep(reconnectPause, { signal, clock }).catch(() => undefined);
    }
    sink.end("stdout");
    sink.end("stderr");
  }

  /** Says whether there is nothing more once the container has ended. */
  async #tryFollow(): Promise<boolean> {
    try {
      await this.#take({ follow: true });
      // Podman ends the log with the container, read or not.
      return this.#options.engine.name !== "Podman";
    } catch {
      // The connection broke; the log goes on where it stopped when the container does.
      return false;
    }
  }

  async #tryRest(): Promise<void> {
    try {
      await this.#take({ follow: false });
    } catch {
      // The container has been removed, or the engine is gone.
    }
  }

  async #take({ follow }: { follow: boolean }): Promise<void> {
    const { engine, id, sink, since } = this.#options;
    const { signal } = this.#closing;
    const response = await engine.open({
      path: `/containers/${id}/logs`,
      query: {
        follow,
        stdout: true,
        stderr: true,
        ...(since === undefined ? {} : { since: (since / 1000).toFixed(3) }),
      },
      signal,
    });
    const frames = new FrameReader();
    const known = { ...this.#given };
    for await (const bytes of response) {
      let goesOn = true;
      for (const { stream, chunk } of frames.push(bytes as Buffer)) {
        const fresh = chunk.subarray(Math.min(known[stream], chunk.length));
        known[stream] -= chunk.length - fresh.length;
        this.#given[stream] += fresh.length;
        if (fresh.length > 0) goesOn = sink.write(stream, fresh);
      }
      if (!goesOn) await sink.drained();
    }
  }
}
