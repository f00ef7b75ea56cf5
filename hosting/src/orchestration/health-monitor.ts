import { formatDuration, sleep } from "@dext/core";
import type { Clock } from "@dext/core";
import type { Health } from "@dext/protocol";
import type { HealthCheckContext, HealthCheckModel, HealthCheckResult } from "../model/health-check.ts";

/** What the checks of one replica say together. */
export interface HealthVerdict {
  readonly health: Health;
  /** The message of the worst check. */
  readonly message?: string;
}

/** What is watched. */
export interface HealthMonitorOptions {
  checks: readonly HealthCheckModel[];
  context: Omit<HealthCheckContext, "signal">;
  clock: Clock;
  signal: AbortSignal;
  /** Cheap and quick: whether it is worth while to ask at all; the message says why not. */
  gate?: (signal: AbortSignal) => Promise<string | undefined>;
  onVerdict: (verdict: HealthVerdict) => void | Promise<void>;
}

/** Between two looks at a gate that is closed, in milliseconds. */
const gateInterval = 50;
/** So long after its start nobody is called unhealthy for not listening, in milliseconds. */
const startGrace = 5000;
const firstInterval = 50;
const longestFirstInterval = 1000;

/**
 * Runs the checks until the signal is aborted: at first every 50 ms, growing to 1 s, and once healthy at the interval of
 * the check that wants it most often. The gate (a TCP connection) is looked at every 50 ms all the time, so a service
 * that takes long to start is still seen at once when it listens.
 */
export async function monitorHealth(options: HealthMonitorOptions): Promise<void> {
  const { clock, signal, onVerdict, checks } = options;
  const steadyInterval = Math.min(10_000, ...checks.map(({ interval }) => interval));
  let pause = firstInterval;
  let wasOpen = false;
  let wasHealthy = false;
  const startedAt = clock.monotonic();
  try {
    while (!signal.aborted) {
      const closed = wasOpen ? undefined : await options.gate?.(signal);
      if (closed !== undefined) {
        // Who has only just been started is not ill because it does not listen yet.
        const isStarting = !wasHealthy && clock.monotonic() - startedAt < startGrace;
        await onVerdict({ health: isStarting ? "Unknown" : "Unhealthy", message: closed });
        await sleep(gateInterval, { signal, clock });
        continue;
      }
      wasOpen = true;
      const verdict = await runChecks(options);
      if (signal.aborted) return;
      await onVerdict(verdict);
      const isHealthy = verdict.health === "Healthy";
      wasHealthy ||= isHealthy;
      await sleep(isHealthy ? steadyInterval : pause, { signal, clock });
      if (isHealthy) wasOpen = false;
      pause = isHealthy ? firstInterval : Math.min(longestFirstInterval, pause * 1.5);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function runChecks(options: HealthMonitorOptions): Promise<HealthVerdict> {
  const verdicts = await Promise.all(options.checks.map((check) => runCheck(check, options)));
  for (const health of ["Unhealthy", "Degraded"] as const) {
    const worst = verdicts.find((verdict) => verdict.health === health);
    if (worst !== undefined) return worst;
  }
  return { health: "Healthy" };
}

async function runCheck(
  check: HealthCheckModel,
  { context, signal, clock }: HealthMonitorOptions,
): Promise<HealthVerdict> {
  // Not AbortSignal.timeout: with somebody listening it keeps a Deno from ending until the time is over.
  const deadline = new AbortController();
  const timer = clock.setTimer(() => deadline.abort(new Error("too late")), { milliseconds: check.timeout });
  const both = AbortSignal.any([deadline.signal, signal]);
  try {
    const result = await Promise.race([check.check({ ...context, signal: both }), rejectOnAbort(both)]);
    return withName(check.name, toVerdict(result));
  } catch (error) {
    const message = deadline.signal.aborted
      ? `no answer within ${formatDuration(check.timeout)}`
      : messageOf(error);
    return withName(check.name, { health: "Unhealthy", message });
  } finally {
    timer.clear();
  }
}

function toVerdict(result: HealthCheckResult): HealthVerdict {
  if (result === undefined || result === true) return { health: "Healthy" };
  return result === false ? { health: "Unhealthy", message: "the check says no" } : result;
}

function withName(name: string, { health, message }: HealthVerdict): HealthVerdict {
  return health === "Healthy"
    ? { health }
    : { health, message: `${name}: ${message ?? health.toLowerCase()}` };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
}

/** `fetch` says no more than "fetch failed"; the reason is in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
