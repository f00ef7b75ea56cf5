import { formatDuration } from "@dext/core";
import type { Clock } from "@dext/core";
import { isHealthCheckResult } from "./health-report.ts";
import type { HealthCheckResult, HealthEntry } from "./health-report.ts";

/**
 * Looks whether something works. It fails by throwing, by `false`, or by a result that says so; any other value is fine.
 *
 * The signal ends it when it takes too long.
 */
export type HealthCheck = (signal: AbortSignal) => unknown;

export interface RegisteredCheck {
  name: string;
  check: HealthCheck;
  tags: readonly string[];
  /** Milliseconds. */
  timeout: number;
  failureStatus: "Degraded" | "Unhealthy";
}

/** Runs one check with its deadline; never rejects. */
export interface CheckRunner {
  run(): Promise<HealthEntry>;
}

/**
 * A check that does not end is not started a second time: it would only add to what hangs. Until it ends it fails.
 */
export function createCheckRunner(registered: RegisteredCheck, clock: Clock): CheckRunner {
  const { name, check, tags, timeout, failureStatus } = registered;
  let hangsSince: number | undefined;

  async function look(): Promise<HealthCheckResult> {
    if (hangsSince !== undefined) {
      const description = `Has not ended for ${formatDuration(clock.monotonic() - hangsSince)}`;
      return { status: failureStatus, description };
    }
    const startedAt = clock.monotonic();
    const deadline = new AbortController();
    const late = Promise.withResolvers<HealthCheckResult>();
    const timer = clock.setTimer(
      () => {
        hangsSince = startedAt;
        const description = `Did not end within ${formatDuration(timeout)}`;
        late.resolve({ status: failureStatus, description });
        deadline.abort(new Error(description));
      },
      { milliseconds: timeout, unref: true },
    );
    const ended = begin(check, deadline.signal)
      .then((value) => read(value, failureStatus))
      .catch((error: unknown): HealthCheckResult => ({
        status: failureStatus,
        description: messageOf(error),
      }))
      .finally(() => {
        timer.clear();
        hangsSince = undefined;
      });
    return Promise.race([ended, late.promise]);
  }

  return {
    async run() {
      const startedAt = clock.monotonic();
      const result = await look();
      return { name, tags, duration: Math.round(clock.monotonic() - startedAt), ...result };
    },
  };
}

/** So that a check which throws at once is no different from one that rejects. */
async function begin(check: HealthCheck, signal: AbortSignal): Promise<unknown> {
  return check(signal);
}

function read(value: unknown, failureStatus: HealthCheckResult["status"]): HealthCheckResult {
  if (isHealthCheckResult(value)) return value;
  return value === false ? { status: failureStatus } : { status: "Healthy" };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
