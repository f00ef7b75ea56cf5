/** A thing that can be bought. */
export interface Product {
  /** The product's code: lower-case letters, digits and hyphens. */
  code: string;
  name: string;
  description: string;
  /** Cents of a euro. */
  price: number;
}

/** A product and how many are on the shelf: `null` while the inventory does not answer. */
export interface StockedProduct extends Product {
  available: number | null;
}

/** What a customer asks for. */
export interface OrderRequest {
  product: string;
  quantity: number;
}

/** `rejected`: the worker was given an order whose receipt is not ours. */
export type OrderStatus = "accepted" | "packed" | "shipped" | "rejected";

/** An order that was taken. Times are ISO 8601. */
export interface Order {
  number: string;
  product: string;
  productName: string;
  quantity: number;
  /** Cents of a euro. */
  total: number;
  status: OrderStatus;
  acceptedAt: string;
  packedAt?: string;
  shippedAt?: string;
  /** Signature of the api over what was ordered; see `signReceipt`. */
  receipt: string;
}

const mostPerOrder = 20;
const productCode = /^[a-z0-9-]{1,40}$/;

/** Reads a request for an order; the text says what is wrong with it, for the person who typed it. */
export function parseOrderRequest(
  input: unknown,
): { request: OrderRequest; problem?: undefined } | { request?: undefined; problem: string } {
  if (typeof input !== "object" || input === null)
    return { problem: "An order names a product and a quantity." };
  const { product, quantity } = input as Record<string, unknown>;
  if (typeof product !== "string" || !productCode.test(product)) {
    return { problem: "Choose a product." };
  }
  if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1) {
    return { problem: "The quantity must be a whole number, at least 1." };
  }
  if (quantity > mostPerOrder) {
    return {
      problem: `We pack at most ${mostPerOrder} of one product per order, you asked for ${quantity}.`,
    };
  }
  return { request: { product, quantity } };
}

/** An order as the field-value pairs that Redis keeps. */
export function orderToFields(order: Order): Record<string, string> {
  return Object.fromEntries(Object.entries(order).map(([field, value]) => [field, String(value)]));
}

/** The order in the fields of a hash or of a stream entry; `undefined` when they hold none. */
export function orderFromFields(fields: Readonly<Record<string, string>>): Order | undefined {
  const { number, product, productName, status, acceptedAt, packedAt, shippedAt, receipt } = fields;
  const quantity = Number(fields["quantity"]);
  const total = Number(fields["total"]);
  if (!number || !product || !productName || !acceptedAt || !receipt || !isStatus(status)) return undefined;
  if (!Number.isInteger(quantity) || !Number.isInteger(total)) return undefined;
  return {
    number,
    product,
    productName,
    quantity,
    total,
    status,
    acceptedAt,
    receipt,
    ...(packedAt && { packedAt }),
    ...(shippedAt && { shippedAt }),
  };
}

function isStatus(value: string | undefined): value is OrderStatus {
  return value === "accepted" || value === "packed" || value === "shipped" || value === "rejected";
}
