import type { Logger, Secret } from "@dext/core";
import { createClient } from "redis";

export type Cache = ReturnType<typeof newClient>;

/**
 * A connection to Redis that outlives outages: it keeps trying, says so once, and commands fail at once meanwhile.
 *
 * Does not wait for Redis: ask `isReady`.
 */
export function connectCache(uri: Secret, logger: Logger): Cache {
  const cache = newClient(uri);
  keepConnected(cache, logger);
  return cache;
}

function newClient(uri: Secret) {
  return createClient({
    url: uri.reveal(),
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

function keepConnected(cache: Cache, logger: Logger): void {
  let away = false;
  cache.on("error", (error: Error) => {
    if (!away) logger.warn("Redis is away, trying again", { because: error.message || error.name });
    away = true;
  });
  cache.on("ready", () => {
    if (away) logger.info("Redis is back");
    away = false;
  });
  // Rejects only when the client is closed before it ever got through.
  cache.connect().catch(() => {});
}
