import { isHttpError } from "@dext/service";
import type { HttpClient } from "@dext/service";
import type { Order } from "@playground/orders";
import { ApiError } from "./api-error.ts";

/** What the api asks of the inventory. */
export interface Inventory {
  /** What is on each shelf: product code → pieces. */
  readStock(): Promise<Map<string, number>>;
  /** Takes what an order needs from its shelf. Saying it twice takes it once, so that it may be tried again. */
  reserve(order: Pick<Order, "number" | "product" | "productName" | "quantity">): Promise<void>;
  /** Puts back what was taken for an order that did not come about. */
  release(number: string): Promise<void>;
}

export function createInventory(http: HttpClient): Inventory {
  return {
    async readStock() {
      const { stock } = await http.get("http://inventory/stock").json<{ stock: Record<string, number> }>();
      return new Map(Object.entries(stock));
    },
    async reserve({ number, product, productName, quantity }) {
      try {
        await http.put(`http://inventory/reservations/${number}`, { json: { product, quantity } }).text();
      } catch (error) {
        if (!isHttpError(error) || error.status !== 409) throw error;
        const { available = 0 } = JSON.parse(error.body ?? "{}") as { available?: number };
        if (available === 0) throw new ApiError(409, "sold-out", `${productName} is sold out.`);
        throw new ApiError(
          409,
          "too-few",
          `Only ${available} left of ${productName}, you asked for ${quantity}.`,
        );
      }
    },
    async release(number) {
      await http.delete(`http://inventory/reservations/${number}`).text();
    },
  };
}

/** Whether the inventory did not answer, or answered that it cannot. */
export function isAway(error: unknown): boolean {
  return isHttpError(error) && (error.status === undefined || error.status >= 500);
}
