import type { Order, StockedProduct } from "@playground/orders";
import { callService } from "@playground/service";

/** Why the api did not take an order. */
export interface Refusal {
  status: number;
  message: string;
}

export async function readProducts(): Promise<StockedProduct[]> {
  const { products } = await readJson<{ products: StockedProduct[] }>("/products");
  return products;
}

export async function readOrders(): Promise<Order[]> {
  const { orders } = await readJson<{ orders: Order[] }>("/orders");
  return orders;
}

export async function placeOrder(wanted: {
  product: string;
  quantity: number;
}): Promise<{ order: Order; refusal?: undefined } | { order?: undefined; refusal: Refusal }> {
  const response = await callService("http://api/orders", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wanted),
  });
  if (response.ok) return (await response.json()) as { order: Order };
  const { error } = (await response.json()) as { error: { message: string } };
  return { refusal: { status: response.status, message: error.message } };
}

async function readJson<T>(path: string): Promise<T> {
  const response = await callService(`http://api${path}`);
  return (await response.json()) as T;
}
