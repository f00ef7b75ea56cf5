import { systemClock, toMilliseconds } from "@dext/core";
import type { Clock, Duration } from "@dext/core";
import { serviceError } from "../service-error.ts";
import { createCheckRunner } from "./health-check.ts";
import type { CheckRunner, HealthCheck } from "./health-check.ts";
import { worstOf } from "./health-report.ts";
import type { HealthReport } from "./health-report.ts";

/** Which question is asked: can the process still answer at all, or should it be sent requests now. */
export type HealthKind = "live" | "ready";

export interface HealthCheckOptions {
  /** `"ready"` (also when there are none) for `/health`, `"live"` for `/alive`, both for both. Others only describe. */
  tags?: readonly string[];
  /** When the check counts as failed; 3 s when absent. */
  timeout?: Duration;
  /** What a failure makes of the service; `"Unhealthy"` when absent. A degraded service still gets requests. */
  failureStatus?: "Degraded" | "Unhealthy";
}

export interface HealthOptions {
  /** How long an answer serves further questions; 1 s when absent. */
  cacheFor?: Duration;
  clock?: Clock;
}

/** The checks of a service. */
export interface Health {
  /**
   * Adds a check.
   *
   * @throws DextError `DEXT_SERVICE_CHECK_DUPLICATE` when there is one of that name.
   */
  add(name: string, check: HealthCheck, options?: HealthCheckOptions): void;
  /** Runs the checks of a kind, side by side, or gives the answer of a moment ago. Never rejects. */
  report(kind: HealthKind): Promise<HealthReport>;
}

interface Registered {
  tags: readonly string[];
  runner: CheckRunner;
}

/**
 * Health checks without an endpoint, for a service that answers HTTP in its own way.
 *
 * @example
 * ```ts
 * import { createHealth } from "@dext/service";
 *
 * const health = createHealth();
 * health.add("disk", () => ({ status: "Degraded", description: "90 % full" }));
 * const { status } = await health.report("ready");
 * if (status !== "Degraded") throw new Error(status);
 * ```
 */
export function createHealth({ cacheFor = "1s", clock = systemClock }: HealthOptions = {}): Health {
  const keepFor = toMilliseconds(cacheFor);
  const checks = new Map<string, Registered>();
  const kept = new Map<HealthKind, { report: Promise<HealthReport>; until: number }>();

  async function look(kind: HealthKind): Promise<HealthReport> {
    const asked = [...checks.values()].filter(({ tags }) => isAsked(tags, kind));
    const entries = await Promise.all(asked.map(({ runner }) => runner.run()));
    return { status: worstOf(entries.map(({ status }) => status)), entries, time: clock.now() };
  }

  return {
    add(name, check, { tags = [], timeout = "3s", failureStatus = "Unhealthy" } = {}) {
      if (checks.has(name)) {
        throw serviceError("DEXT_SERVICE_CHECK_DUPLICATE", `There is a health check "${name}" already`, {
          hint: "Give each check a name of its own.",
          details: { check: name },
        });
      }
      const registered = { name, check, tags, timeout: toMilliseconds(timeout), failureStatus };
      checks.set(name, { tags, runner: createCheckRunner(registered, clock) });
      kept.clear();
    },
    report(kind) {
      const last = kept.get(kind);
      if (last !== undefined && clock.monotonic() < last.until) return last.report;
      // While the checks run, everyone who asks waits for the same answer; it is kept from when it is there.
      const entry = { report: look(kind), until: Infinity };
      kept.set(kind, entry);
      return entry.report.finally(() => {
        entry.until = clock.monotonic() + keepFor;
      });
    },
  };
}

function isAsked(tags: readonly string[], kind: HealthKind): boolean {
  if (tags.includes(kind)) return true;
  return kind === "ready" && !tags.includes("live");
}
