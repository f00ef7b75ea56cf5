import { callService } from "@playground/service";
import type { Order } from "@playground/orders";
import { ApiError } from "./api-error.ts";

/** Milliseconds: two calls in a row must be through before our own caller gives up. */
const timeout = 1_000;

/** What is on each shelf: product code → pieces. */
export async function readStock(): Promise<Map<string, number>> {
  const response = await callService("http://inventory/stock", { timeout });
  const { stock } = (await response.json()) as { stock: Record<string, number> };
  return new Map(Object.entries(stock));
}

/** Takes what an order needs from its shelf. Saying it twice takes it once. */
export async function reserve(
  order: Pick<Order, "number" | "product" | "productName" | "quantity">,
): Promise<void> {
  const { number, product, productName, quantity } = order;
  const response = await callService(`http://inventory/reservations/${number}`, {
    method: "PUT",
    timeout,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ product, quantity }),
  });
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const { available = 0 } = (await response.json()) as { available?: number };
  if (available === 0) throw new ApiError(409, "sold-out", `${productName} is sold out.`);
  throw new ApiError(409, "too-few", `Only ${available} left of ${productName}, you asked for ${quantity}.`);
}

/** Puts back what was taken for an order that did not come about. */
export async function release(number: string): Promise<void> {
  const response = await callService(`http://inventory/reservations/${number}`, {
    method: "DELETE",
    timeout,
  });
  await response.body?.cancel();
}
