import { sleep } from "@dext/core";
import type { Clock } from "@dext/core";
import type { ContainerEngine } from "./container-engine.ts";
import { readJsonLines } from "./engine-stream.ts";
import { labels } from "./labels.ts";

/** What {@link ContainerEvents} takes. */
export interface ContainerEventsOptions {
  engine: ContainerEngine;
  app: string;
  clock: Clock;
}

const firstPause = 100;
const longestPause = 5000;

/**
 * Hears of everything that happens to the containers of an app, over one connection. Listeners are told that something
 * has happened, and ask the engine what: an event can be missed while the connection is made again.
 */
export class ContainerEvents {
  readonly #options: ContainerEventsOptions;
  readonly #listeners: Map<string, () => void> = new Map();
  readonly #closing: AbortController = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: ContainerEventsOptions) {
    this.#options = options;
  }

  /** Calls the listener whenever something has happened to the container, until the function that it gives is called. */
  listen(id: string, listener: () => void): () => void {
    this.#listeners.set(id, listener);
    this.#reading ??= this.#read();
    return () => this.#listeners.delete(id);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { engine, app, clock } = this.#options;
    const { signal } = this.#closing;
    let pause = firstPause;
    while (!signal.aborted) {
      try {
        const response = await engine.open({
          path: "/events",
          query: {
            filters: {
              type: ["container"],
              // Health checks that are run inside are events, too; those are not wanted.
              event: [
                "die",
                "stop",
                "start",
                "oom",
                "health_status",
                "destroy",
                "remove",
                "pause",
                "unpause",
              ],
              label: [`${labels.app}=${app}`],
            },
          },
          signal,
        });
        // What happened while nobody listened.
        for (const listener of this.#listeners.values()) listener();
        pause = firstPause;
        for await (const event of readJsonLines<{ Actor?: { ID?: string } }>(response)) {
          this.#listeners.get(event.Actor?.ID ?? "")?.();
        }
      } catch {
        // The engine is being started again, or gone: listeners find out by asking it.
        for (const listener of this.#listeners.values()) listener();
      }
      await sleep(pause, { signal, clock }).catch(() => undefined);
      pause = Math.min(longestPause, pause * 2);
    }
  }
}
