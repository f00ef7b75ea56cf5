import type { Logger } from "@dext/core";
import { createClient, WatchError } from "redis";

/** What came of taking pieces from a shelf. */
export type Taken = { ok: true } | { ok: false; available: number };

export interface Shelves {
  isReady(): boolean;
  /** Product code → pieces. */
  read(): Promise<Record<string, number>>;
  /** Sets up a shelf; `false`, and nothing done, when there is one. */
  open(product: string, pieces: number): Promise<boolean>;
  /** Brings every shelf up to this many pieces at least. */
  restock(pieces: number): Promise<void>;
  /** Takes what an order needs. Doing it twice takes it once. */
  take(order: string, wanted: { product: string; quantity: number }): Promise<Taken>;
  /** Puts back what was taken for an order; `false` when nothing was. */
  putBack(order: string): Promise<boolean>;
  close(): void;
}

/** A change of one shelf, as it is published on the channel `stock`. */
interface Change {
  product: string;
  available: number;
  change: number;
}

/** The stock in Redis: the hash `stock`, and in `reservations` what was taken for which order. */
export function createShelves(
  address: { host: string; port: number; password?: string },
  logger: Logger,
): Shelves {
  const redis = connect(address, logger);
  let latest: Promise<unknown> = Promise.resolve();

  /** Runs a change that first looks: again when another replica was faster, and one at a time on this connection. */
  function transact<T>(attempt: () => Promise<T>): Promise<T> {
    const next = latest.then(async () => {
      for (;;) {
        try {
          await redis.watch(["stock", "reservations"]);
          return await attempt();
        } catch (error) {
          if (!(error instanceof WatchError)) throw error;
        }
      }
    });
    latest = next.catch(() => {});
    return next;
  }

  function tell(...changes: Change[]) {
    const transaction = redis.multi();
    for (const { product, available, change } of changes) {
      transaction.hSet("stock", product, available);
      transaction.publish("stock", JSON.stringify({ product, available, change }));
    }
    return transaction;
  }

  async function pieces(product: string): Promise<number> {
    return Number((await redis.hGet("stock", product)) ?? 0);
  }

  return {
    isReady: () => redis.isReady,
    close: () => redis.destroy(),

    async read() {
      const stock = Object.entries(await redis.hGetAll("stock"));
      return Object.fromEntries(stock.map(([product, count]) => [product, Number(count)]));
    },

    open: (product, count) =>
      transact(async () => {
        if (await redis.hExists("stock", product)) return false;
        await tell({ product, available: count, change: count }).exec();
        return true;
      }),

    restock: (count) =>
      transact(async () => {
        const short = Object.entries(await redis.hGetAll("stock")).filter(([, left]) => Number(left) < count);
        if (short.length === 0) return;
        await tell(
          ...short.map(([product, left]) => ({ product, available: count, change: count - Number(left) })),
        ).exec();
      }),

    take: (order, { product, quantity }) =>
      transact(async () => {
        if (await redis.hExists("reservations", order)) return { ok: true };
        const available = await pieces(product);
        if (available < quantity) return { ok: false, available };
        await tell({ product, available: available - quantity, change: -quantity })
          .hSet("reservations", order, JSON.stringify({ product, quantity }))
          .exec();
        return { ok: true };
      }),

    putBack: (order) =>
      transact(async () => {
        const taken = await redis.hGet("reservations", order);
        if (!taken) return false;
        const { product, quantity } = JSON.parse(taken) as { product: string; quantity: number };
        await tell({ product, available: (await pieces(product)) + quantity, change: quantity })
          .hDel("reservations", order)
          .exec();
        return true;
      }),
  };
}

function connect(address: { host: string; port: number; password?: string }, logger: Logger) {
  const { host, port, password } = address;
  const redis = createClient({
    ...(password && { password }),
    disableOfflineQueue: true,
    // A Redis that hangs answers no ping: the socket is given up and what waits for it fails.
    pingInterval: 1_000,
    socket: {
      host,
      port,
      connectTimeout: 2_000,
      socketTimeout: 2_500,
      reconnectStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 1_000),
    },
  });
  let away = false;
  redis.on("error", (error: Error) => {
    if (!away) logger.warn(`Redis is away, trying again: ${error.message || error.name}`);
    away = true;
  });
  redis.on("ready", () => {
    if (away) logger.info("Redis is back");
    away = false;
  });
  redis.connect().catch(() => {});
  return redis;
}
