import { createClient } from "redis";
import { required } from "./environment.ts";
import type { Log } from "./log.ts";

export type Cache = ReturnType<typeof newClient>;

/**
 * A connection to Redis that outlives outages: it keeps trying, says so once, and commands fail at once meanwhile.
 *
 * Does not wait for Redis: ask `isReady`.
 */
export function connectCache(log: Log): Cache {
  const cache = newClient();
  keepConnected(cache, log);
  return cache;
}

function newClient() {
  return createClient({
    url: required("CACHE_URI"),
    disableOfflineQueue: true,
    // A Redis that hangs answers no ping: the socket is given up and what waits for it fails.
    pingInterval: 1_000,
    socket: {
      connectTimeout: 2_000,
      socketTimeout: 2_500,
      reconnectStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
    },
  });
}

function keepConnected(cache: Cache, log: Log): void {
  let away = false;
  cache.on("error", (error: Error) => {
    if (!away) log.warn("Redis is away, trying again", { because: error.message || error.name });
    away = true;
  });
  cache.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
  });
  // Rejects only when the client is closed before it ever got through.
  cache.connect().catch(() => {});
}
