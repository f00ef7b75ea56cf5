import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { answerWith } from "./fetch-handler.ts";
import type { FetchHandler } from "./fetch-handler.ts";
import { required } from "./environment.ts";
import type { Log } from "./log.ts";

/** How long requests that are being answered may take once the service stops. */
const deadline = 3_000;

/** A Node service: a port, a health endpoint, and an end in good order. */
export interface Service {
  readonly log: Log;
  /** Aborted when the service begins to stop: whatever would go on for ever ends now. */
  readonly stopping: AbortSignal;
  /** Adds a check to `/health`: the service is healthy when all of them hold. */
  addCheck(name: string, check: () => boolean): void;
  /** Called after the last request, latest first. */
  onStop(hook: () => unknown): void;
  /** Answers HTTP at `PORT` until SIGTERM or SIGINT. */
  serve(handler: FetchHandler): void;
}

export function createService(options: { name: string; log: Log }): Service {
  const { name, log } = options;
  const checks = new Map<string, () => boolean>();
  const hooks: (() => unknown)[] = [];
  const stopping = new AbortController();

  return {
    log,
    stopping: stopping.signal,
    addCheck: (check, holds) => void checks.set(check, holds),
    onStop: (hook) => void hooks.unshift(hook),
    serve(handler) {
      const server = createServer(
        answerWith(logged(handler, log), {
          health: () => failing(checks, stopping.signal),
          stopping: stopping.signal,
        }),
      );
      const port = Number(required("PORT"));
      server.listen(port, () => log.info(`${name} listens`, { port, pid: process.pid }));

      const stop = async (signal: string): Promise<void> => {
        log.info(`${name} stops`, { signal });
        stopping.abort();
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        // A kept-alive connection becomes idle only when its answer is through.
        const sweep = setInterval(() => server.closeIdleConnections(), 20);
        await Promise.race([closed, delay(deadline, undefined, { ref: false })]);
        clearInterval(sweep);
        server.closeAllConnections();
        for (const hook of hooks) await hook();
        process.exit(0);
      };
      // Once: a second signal does what signals do.
      for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void stop(signal));
    },
  };
}

function failing(checks: ReadonlyMap<string, () => boolean>, stopping: AbortSignal): string[] {
  if (stopping.aborted) return ["stopping"];
  return [...checks].filter(([, holds]) => !holds()).map(([check]) => check);
}

/** Tells what was changed and what went wrong; reading is not worth a line. */
function logged(handler: FetchHandler, log: Log): FetchHandler {
  return async (request) => {
    const start = performance.now();
    const response = await handler(request).catch((error: unknown) => {
      log.error("A request failed", { error: error instanceof Error ? error.stack : error });
      return Response.json(
        { error: { code: "internal", message: "Something broke on our side." } },
        { status: 500 },
      );
    });
    if (request.method !== "GET" || response.status >= 500) {
      const { pathname } = new URL(request.url);
      const milliseconds = Math.round(performance.now() - start);
      log.info(`${request.method} ${pathname} ${response.status}`, { ms: milliseconds });
    }
    return response;
  };
}
