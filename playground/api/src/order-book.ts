import { currentTrace } from "@dext/service";
import { keys, orderFromFields, orderToFields, signReceipt } from "@playground/orders";
import type { Order, OrderRequest, Product } from "@playground/orders";
import type { Cache } from "@playground/cache";
import { ApiError } from "./api-error.ts";
import type { Inventory } from "./inventory.ts";

/** How many orders are listed. */
const listed = 12;
/** How many are kept at all. */
const kept = 200;

export interface OrderBook {
  /** Takes an order: from the shelf, into the book, onto the worker's stream. */
  place(request: OrderRequest, product: Product): Promise<Order>;
  find(number: string): Promise<Order | undefined>;
  /** Newest first. */
  recent(): Promise<Order[]>;
}

export function createOrderBook(
  cache: Cache,
  { inventory, signingKey }: { inventory: Inventory; signingKey: string },
): OrderBook {
  async function find(number: string): Promise<Order | undefined> {
    return orderFromFields(await cache.hGetAll(keys.order(number)));
  }

  return {
    find,
    async place({ quantity }, product) {
      const content = {
        number: String(1000 + (await cache.incr(keys.orderNumber))),
        product: product.code,
        productName: product.name,
        quantity,
        total: product.price * quantity,
        acceptedAt: new Date().toISOString(),
      };
      const order: Order = { ...content, status: "accepted", receipt: signReceipt(content, signingKey) };
      try {
        await inventory.reserve(order);
        await write(cache, order);
      } catch (error) {
        // Nobody knows how far it got. Putting back what was never taken does nothing.
        if (!(error instanceof ApiError)) await inventory.release(order.number).catch(() => {});
        throw error;
      }
      return order;
    },
    async recent() {
      const numbers = await cache.lRange(keys.recentOrders, 0, listed - 1);
      const orders = await Promise.all(numbers.map(find));
      return orders.filter((order) => order !== undefined);
    },
  };
}

async function write(cache: Cache, order: Order): Promise<void> {
  const fields = orderToFields(order);
  await cache
    .multi()
    .hSet(keys.order(order.number), fields)
    .lPush(keys.recentOrders, order.number)
    .lTrim(keys.recentOrders, 0, kept - 1)
    // The worker goes on with the trace of whoever ordered.
    .xAdd(
      keys.orderStream,
      "*",
      { ...fields, ...currentTrace() },
      {
        TRIM: { strategy: "MAXLEN", strategyModifier: "~", threshold: 1_000 },
      },
    )
    .exec();
}
