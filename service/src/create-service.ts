import type { RequestListener } from "node:http";
import { systemClock } from "@dext/core";
import type { Clock, ConfigReader, DextError, Duration, Logger } from "@dext/core";
import { createConsoleLogger } from "./console-logger.ts";
import { createDiscovery, defaultDiscovery } from "./discovery/discovery.ts";
import type { Discovery } from "./discovery/discovery.ts";
import { isDevelopment } from "./environment.ts";
import { createHealthEndpoint } from "./health/health-endpoint.ts";
import type { HealthEndpointOptions } from "./health/health-endpoint.ts";
import { createHealth } from "./health/health.ts";
import type { Health } from "./health/health.ts";
import { createHttpClient } from "./http/http-client.ts";
import type { HttpClient, HttpClientOptions } from "./http/http-client.ts";
import { deno, startDenoServer } from "./serve/deno-server.ts";
import { checkedPort, listenAddress } from "./serve/listen-address.ts";
import type { ListenOptions } from "./serve/listen-address.ts";
import type { UpgradeListener } from "./serve/node-server.ts";
import { checkedBodySize } from "./serve/request-body.ts";
import { createLoad } from "./serve/server.ts";
import type { FetchHandler, RunningServer, ServerAddress, ServerOptions } from "./serve/server.ts";
import { serviceError } from "./service-error.ts";
import type { ShutdownHook } from "./shutdown/shutdown-hooks.ts";
import { createShutdown } from "./shutdown/shutdown.ts";
import type { Drainable, ShutdownHookOptions, ShutdownOptions } from "./shutdown/shutdown.ts";
import { settlesWithin } from "./shutdown/within.ts";

/** How health is told. */
export interface ServiceHealthOptions extends HealthEndpointOptions {
  /** How long an answer serves further questions; 1 s when absent. */
  cacheFor?: Duration;
  /** A port of its own for health, which the public cannot reach; 0 takes a free one. */
  port?: number;
  /** Whether health is told where requests are served too; when absent it is, unless it has a port of its own. */
  public?: boolean;
}

export interface ServiceOptions {
  /** For log lines, health details and errors. */
  name: string;
  /** When absent lines on the console: text in development, JSON elsewhere. */
  logger?: Logger;
  health?: ServiceHealthOptions;
  shutdown?: ShutdownOptions;
  /** Requests that are answered at one time, in all; more get 503, and readiness is off meanwhile. No limit when absent. */
  maxConcurrentRequests?: number;
  /** Addresses of services that the environment does not tell; see `createDiscovery`. */
  configuration?: ConfigReader;
  /** How `service.http` sends; its discovery is that of the service. */
  http?: Omit<HttpClientOptions, "discovery">;
  clock?: Clock;
}

export interface ServeOptions extends ListenOptions {
  /** The longest body that a request may have, in bytes; 10 MiB when absent. Longer ones get 413. */
  maxBodySize?: number;
}

export interface ServeNodeOptions extends ServeOptions {
  /** Takes connections that change their protocol, such as WebSockets. They are closed once `stopping` is over. */
  onUpgrade?: UpgradeListener;
}

/** What a program is given to be a service. */
export interface Service {
  readonly name: string;
  readonly logger: Logger;
  readonly health: Health;
  readonly discovery: Discovery;
  /** Requests to other services. Made when it is first used. */
  readonly http: HttpClient;
  /** Aborted when the service begins to stop: whatever would go on for ever ends now. */
  readonly stopping: AbortSignal;
  /**
   * Answers HTTP with a fetch handler; resolves once it listens.
   *
   * @throws DextError `DEXT_SERVICE_PORT_INVALID`, `DEXT_SERVICE_PORT_TAKEN`, `DEXT_SERVICE_HOST_UNAVAILABLE`,
   * `DEXT_SERVICE_STOPPED`
   */
  serve(handler: FetchHandler, options?: ServeOptions): Promise<ServerAddress>;
  /**
   * Answers HTTP with a listener of `node:http`, which Express and others are too. A body that does not announce its
   * length is the listener's to limit. Throws as `serve` does.
   */
  serveNode(listener: RequestListener, options?: ServeNodeOptions): Promise<ServerAddress>;
  /**
   * Works without a port until the service stops. The signal says when; what is not done within the deadline is cut
   * off. Resolves when the work is done, and rejects as it does; either way the service stops then.
   */
  run(work: (stopping: AbortSignal) => Promise<unknown>): Promise<void>;
  /** Has something done after the last request, latest first. A hook that fails makes the exit code 1. */
  onShutdown(hook: ShutdownHook, options?: ShutdownHookOptions): void;
  /** Stops in order, as SIGTERM does, without ending the process; gives the exit code that SIGTERM would end with. */
  stop(reason?: string): Promise<number>;
}

const usualBodySize = 10 * 1024 * 1024;

/**
 * Makes a service: health, shutdown, discovery and an HTTP client that belong together.
 *
 * Signals and errors that nobody catches are the service's as long as it serves or works, and do what they always do
 * before.
 *
 * @example
 * ```ts
 * import { silentLogger } from "@dext/core";
 * import { createService } from "@dext/service";
 *
 * const service = createService({ name: "greeter", logger: silentLogger });
 * service.health.add("disk", () => true);
 * const { url } = await service.serve(() => new Response("Hello"), { port: 0, host: "127.0.0.1" });
 * const health = await fetch(`${url}/health`);
 * if ((await health.text()) !== "Healthy") throw new Error("not healthy");
 * await service.stop();
 * ```
 */
export function createService(options: ServiceOptions): Service {
  const { name, configuration, clock = systemClock, maxConcurrentRequests = Infinity } = options;
  const {
    port: healthPort,
    cacheFor,
    public: isHealthPublic = healthPort === undefined,
  } = options.health ?? {};
  const inDevelopment = isDevelopment();
  const logger = options.logger ?? createConsoleLogger({ format: inDevelopment ? "text" : "json" });
  checkLimit(maxConcurrentRequests);
  if (healthPort !== undefined) checkedPort(healthPort, "the option health.port");

  const health = createHealth({ clock, ...(cacheFor === undefined ? {} : { cacheFor }) });
  const shutdown = createShutdown({ name, logger, clock }, options.shutdown);
  const discovery =
    configuration === undefined ? defaultDiscovery() : createDiscovery({ configuration, clock });
  const load = createLoad(maxConcurrentRequests);
  const refusal = (): string | undefined =>
    shutdown.stopping.aborted ? "The service is stopping" : load.isFull() ? "Too many requests" : undefined;
  const endpoint = createHealthEndpoint(
    { name, health, refusal, isDevelopment: inDevelopment },
    options.health,
  );
  let client: HttpClient | undefined;
  let management: Promise<RunningServer> | undefined;
  // The first hook is the last to run: health is told to the very end.
  shutdown.addHook(async () => (await management)?.close(), { name: "health port" });

  /** Serves health on its own port, if it has one, from the first time that the service serves or works. */
  async function manage(): Promise<void> {
    if (healthPort === undefined) return;
    const { startNodeServer } = await nodeServer();
    management ??= startNodeServer((_incoming, outgoing) => outgoing.writeHead(404).end(), {
      ...serverOptions({ port: healthPort }),
      health: endpoint,
      load: createLoad(Infinity),
    });
    const { address } = await management;
    logger.info(`${name} tells its health`, { url: address.url });
  }

  function serverOptions(serve: ServeOptions): ServerOptions {
    if (shutdown.stopping.aborted) throw stopped(name);
    return {
      target: listenAddress(serve),
      logger,
      health: isHealthPublic ? endpoint : undefined,
      load,
      maxBodySize: checkedBodySize(serve.maxBodySize ?? usualBodySize),
      isDevelopment: inDevelopment,
      stopping: shutdown.stopping,
    };
  }

  async function start(server: RunningServer): Promise<ServerAddress> {
    shutdown.attach(server);
    await manage();
    const { address } = server;
    logger.info(`${name} listens`, { url: address.url, port: address.port, pid: process.pid });
    return address;
  }

  return {
    name,
    logger,
    health,
    discovery,
    get http() {
      client ??= createHttpClient({ ...options.http, discovery });
      return client;
    },
    stopping: shutdown.stopping,
    async serve(handler, serve = {}) {
      const server = serverOptions(serve);
      if (deno !== undefined) return start(startDenoServer(handler, { ...server, deno }));
      const { createFetchListener, startNodeServer } = await nodeServer();
      return start(await startNodeServer(createFetchListener(handler, server), server));
    },
    async serveNode(listener, serve = {}) {
      const { onUpgrade } = serve;
      const { startNodeServer } = await nodeServer();
      return start(await startNodeServer(listener, { ...serverOptions(serve), onUpgrade }));
    },
    async run(work) {
      if (shutdown.stopping.aborted) throw stopped(name);
      await manage();
      logger.info(`${name} works`, { pid: process.pid });
      const ended = Promise.withResolvers<void>();
      // Before the work begins: a signal that comes at once is to find it.
      shutdown.attach(workDrain(ended.promise, clock));
      try {
        await work(shutdown.stopping).finally(ended.resolve);
      } catch (error) {
        ended.resolve();
        // To end because one was asked to is no failure.
        if (!shutdown.stopping.aborted) {
          await shutdown.stop("its work failed");
          throw error;
        }
      }
      process.exitCode = await shutdown.stop("its work is done");
    },
    onShutdown: (hook, hookOptions) => shutdown.addHook(hook, hookOptions),
    stop: (reason = "it was asked to") => shutdown.stop(reason),
  };
}

/** Loaded when something is served: `node:http` takes 30 ms, which programs without a port need not wait for. */
async function nodeServer(): Promise<
  Pick<typeof import("./serve/node-server.ts"), "startNodeServer"> &
    Pick<typeof import("./serve/fetch-listener.ts"), "createFetchListener">
> {
  const [server, listener] = await Promise.all([
    import("./serve/node-server.ts"),
    import("./serve/fetch-listener.ts"),
  ]);
  return { startNodeServer: server.startNodeServer, createFetchListener: listener.createFetchListener };
}

function workDrain(working: Promise<unknown>, clock: Clock): Drainable {
  return { isServer: false, drain: ({ milliseconds }) => settlesWithin(working, { milliseconds, clock }) };
}

function stopped(name: string): DextError {
  return serviceError("DEXT_SERVICE_STOPPED", `"${name}" has stopped, and is asked to serve`, {
    hint: "Make a new service: one that has stopped does not start again.",
  });
}

function checkLimit(requests: number): void {
  if (requests === Infinity || (Number.isInteger(requests) && requests > 0)) return;
  throw serviceError(
    "DEXT_SERVICE_OPTION_INVALID",
    `maxConcurrentRequests is ${requests}, wanted is a whole number from 1`,
    { hint: "Leave it out for no limit." },
  );
}
