import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@dext/core";
import { isGenuine, keys, orderFromFields } from "@playground/orders";
import type { Order } from "@playground/orders";
import type { Cache } from "@playground/cache";

interface FulfilOptions {
  cache: Cache;
  logger: Logger;
  signingKey: string;
  /** How long packing takes, and bringing it to the post, in milliseconds. */
  packingTime: number;
  /** An order that is not shipped by then is left to the next worker. */
  stopping: AbortSignal;
}

/** Packs and ships one order. What an earlier worker has done of it is not done again. */
export async function fulfil(
  fields: Readonly<Record<string, string>>,
  options: FulfilOptions,
): Promise<void> {
  const { cache, logger, signingKey, packingTime, stopping } = options;
  const order = orderFromFields(fields);
  if (!order) {
    logger.error("Something on the stream is not an order", { fields: JSON.stringify(fields) });
    return;
  }
  const { number, quantity, productName } = order;
  if (!isGenuine(order, signingKey)) {
    logger.error(`Order ${number} is rejected: its receipt is not ours`);
    // A forged entry that only borrows the number of an order leaves that order alone.
    const inTheBook = await cache.hGet(keys.order(number), "receipt");
    if (inTheBook === order.receipt) await mark(cache, order, { status: "rejected" });
    return;
  }

  const soFar = (await cache.hGet(keys.order(number), "status")) as Order["status"] | null;
  if (soFar === "accepted") {
    logger.info(`Order ${number}: packing ${quantity} × ${productName}`);
    await delay(packingTime, undefined, { signal: stopping });
    await mark(cache, order, { status: "packed", packedAt: new Date().toISOString() });
    logger.info(`Order ${number} is packed`);
  }
  if (soFar === "accepted" || soFar === "packed") {
    await delay(packingTime, undefined, { signal: stopping });
    await mark(cache, order, { status: "shipped", shippedAt: new Date().toISOString() });
    logger.info(`Order ${number} is shipped`);
  }
}

async function mark(cache: Cache, order: Order, change: Partial<Record<keyof Order, string>>): Promise<void> {
  await cache.hSet(keys.order(order.number), change);
}
