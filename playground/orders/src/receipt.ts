import { createHmac, timingSafeEqual } from "node:crypto";
import type { Order } from "./order.ts";

/** What a receipt vouches for: everything that is fixed once an order has been taken. */
export type ReceiptContent = Pick<Order, "number" | "product" | "quantity" | "total" | "acceptedAt">;

/** Signs what was ordered (HMAC-SHA256, base64url), so that nobody but the api can put work before the worker. */
export function signReceipt(content: ReceiptContent, key: string): string {
  const { number, product, quantity, total, acceptedAt } = content;
  // A JSON array keeps the fields apart: ["1", "23"] and ["12", "3"] must not sign alike.
  const text = JSON.stringify([number, product, quantity, total, acceptedAt]);
  return createHmac("sha256", key).update(text).digest("base64url");
}

/** Whether the receipt of an order was signed with this key and nothing was changed since. */
export function isGenuine(order: ReceiptContent & { receipt: string }, key: string): boolean {
  const expected = Buffer.from(signReceipt(order, key));
  const given = Buffer.from(order.receipt);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
