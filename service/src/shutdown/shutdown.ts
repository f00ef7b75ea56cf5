import { formatDuration, sleep, systemClock, toMilliseconds } from "@dext/core";
import type { Clock, Duration, Logger } from "@dext/core";
import { isDevelopment, readVariable } from "../environment.ts";
import type { Environment } from "../environment.ts";
import { flushTelemetry } from "./flush-telemetry.ts";
import { endWithProcess } from "./process-endings.ts";
import { runShutdownHooks } from "./shutdown-hooks.ts";
import type { RegisteredHook, ShutdownHook } from "./shutdown-hooks.ts";

/** How long each part of an orderly end may take. All of it together must fit what the platform grants. */
export interface ShutdownOptions {
  /**
   * How long requests are still taken after readiness is off, so that load balancers can notice. When absent 5 s in
   * Kubernetes, else 0.
   */
  wait?: Duration;
  /** How long requests that have been taken may go on; 10 s when absent. */
  deadline?: Duration;
  /** How long each hook may take unless it says otherwise; 5 s when absent. */
  hookDeadline?: Duration;
  /** How long telemetry may take to send what is left; 2 s when absent. */
  flushDeadline?: Duration;
}

export interface ShutdownHookOptions {
  /** For log lines. */
  name?: string;
  /** When absent that of {@link ShutdownOptions.hookDeadline}. */
  deadline?: Duration;
}

/** Something that takes work and has to finish it: a server, a worker. */
export interface Drainable {
  /** Whether others send it requests, and need time to learn that they should not. */
  readonly isServer: boolean;
  /** Takes no more work and finishes what there is; resolves with whether all of it was finished in time. */
  drain(options: { milliseconds: number }): Promise<boolean>;
}

export interface Shutdown {
  /** Aborted as soon as the shutdown begins. */
  readonly stopping: AbortSignal;
  addHook(hook: ShutdownHook, options?: ShutdownHookOptions): void;
  /** Stops something at the shutdown; from the first one on, signals stop the service. */
  attach(drainable: Drainable): void;
  /** Goes through all steps, once; everyone who asks gets the same exit code. Does not end the process. */
  stop(reason: string): Promise<number>;
}

interface ShutdownParts {
  name: string;
  logger: Logger;
  clock?: Clock;
  environment?: Environment;
}

export function createShutdown(
  { name, logger, clock = systemClock, environment }: ShutdownParts,
  options: ShutdownOptions = {},
): Shutdown {
  const {
    wait = defaultWait(environment),
    deadline = "10s",
    hookDeadline = "5s",
    flushDeadline = "2s",
  } = options;
  const milliseconds = {
    wait: toMilliseconds(wait),
    deadline: toMilliseconds(deadline),
    hook: toMilliseconds(hookDeadline),
    flush: toMilliseconds(flushDeadline),
  };
  const stopping = new AbortController();
  const drainables = new Set<Drainable>();
  const hooks: RegisteredHook[] = [];
  let stopped: Promise<number> | undefined;
  let letGo: (() => void) | undefined;

  async function stop(reason: string): Promise<number> {
    logger.info(`${name} stops`, { reason });
    stopping.abort(new Error(`${name} stops: ${reason}`));
    const hasServer = [...drainables].some(({ isServer }) => isServer);
    if (hasServer && milliseconds.wait > 0) await sleep(milliseconds.wait, { clock });
    const isDrained = await drainAll();
    const isWell = await runShutdownHooks(hooks, { clock, logger });
    await flushTelemetry({ milliseconds: milliseconds.flush, clock, logger });
    letGo?.();
    return isDrained && isWell ? 0 : 1;
  }

  async function drainAll(): Promise<boolean> {
    const drained = await Promise.all(
      [...drainables].map((each) =>
        each.drain({ milliseconds: milliseconds.deadline }).catch((error: unknown) => {
          logger.error(`${name} could not be stopped in order`, { error });
          return false;
        }),
      ),
    );
    if (drained.every(Boolean)) return true;
    logger.error(
      `${name} did not finish its work within ${formatDuration(milliseconds.deadline)}: it is cut off`,
    );
    return false;
  }

  const shutdown: Shutdown = {
    stopping: stopping.signal,
    addHook(hook, hookOptions = {}) {
      const { name: hookName = hook.name || `number ${hooks.length + 1}`, deadline: own } = hookOptions;
      hooks.push({
        name: hookName,
        hook,
        deadline: own === undefined ? milliseconds.hook : toMilliseconds(own),
      });
    },
    attach(drainable) {
      drainables.add(drainable);
      letGo ??= endWithProcess({
        logger,
        clock,
        flushDeadline: milliseconds.flush,
        stop: (reason) => shutdown.stop(reason),
      });
    },
    stop(reason) {
      stopped ??= stop(reason);
      return stopped;
    },
  };
  return shutdown;
}

/** Endpoints of Kubernetes learn of a shutdown after the process does. */
function defaultWait(environment: Environment | undefined): Duration {
  const isCluster = readVariable("KUBERNETES_SERVICE_HOST", environment) !== undefined;
  return isCluster && !isDevelopment(environment) ? "5s" : 0;
}
