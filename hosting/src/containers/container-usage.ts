import type { ResourceUsage } from "@dext/protocol";
import { systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import type { ContainerEngine } from "./container-engine.ts";

interface StatsAnswer {
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: { usage?: number; stats?: Readonly<Record<string, number | undefined>> };
}

/** Measures what a container uses. Each measure of the processor is over the time since the one before. */
export class ContainerUsage {
  readonly #engine: ContainerEngine;
  readonly #id: string;
  readonly #clock: Clock;
  #last: { time: number; busy: number } | undefined;

  constructor(engine: ContainerEngine, { id, clock = systemClock }: { id: string; clock?: Clock }) {
    this.#engine = engine;
    this.#id = id;
    this.#clock = clock;
  }

  /** What it uses now; `undefined` when the engine does not tell, for one that has ended. The first time, the processor counts as idle. */
  async read({ signal }: { signal?: AbortSignal } = {}): Promise<ResourceUsage | undefined> {
    const stats = await this.#engine
      .json<StatsAnswer>({
        path: `/containers/${this.#id}/stats`,
        query: { stream: false, "one-shot": true },
        timeout: 5000,
        ...(signal === undefined ? {} : { signal }),
      })
      .catch(() => undefined);
    const time = this.#clock.monotonic();
    // Nanoseconds of one core.
    const busy = (stats?.cpu_stats?.cpu_usage?.total_usage ?? 0) / 1e6;
    const { usage, stats: parts = {} } = stats?.memory_stats ?? {};
    if (usage === undefined || busy === 0) return undefined;
    const last = this.#last;
    this.#last = { time, busy };
    // Files that the kernel merely keeps in memory are no need of the container (cgroup 2, then 1).
    const cached = parts["inactive_file"] ?? parts["total_inactive_file"] ?? 0;
    return {
      cpu: last === undefined || time <= last.time ? 0 : Math.max(0, (busy - last.busy) / (time - last.time)),
      memory: Math.max(0, usage - cached),
    };
  }
}
