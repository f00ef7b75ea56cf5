import { isHttpError } from "@dext/service";
import type { HttpClient } from "@dext/service";
import type { Order, StockedProduct } from "@playground/orders";

/** Why the api did not take an order. */
export interface Refusal {
  status: number;
  message: string;
}

/** What the pipeline around the api's calls to the inventory has done of late. */
export interface PipelineState {
  circuit: "closed" | "open" | "half-open" | "isolated";
  retries: number;
  /** Newest first. */
  events: readonly { time: string; text: string }[];
}

/** What the shop announces, and where that and the key of its receipts come from. */
export interface News {
  announcement: { text: string; source: string };
  receipts: { source: string };
}

export interface Api {
  readProducts(): Promise<StockedProduct[]>;
  readOrders(): Promise<Order[]>;
  readPipeline(): Promise<PipelineState>;
  readNews(): Promise<News>;
  placeOrder(wanted: {
    product: string;
    quantity: number;
  }): Promise<{ order: Order; refusal?: undefined } | { order?: undefined; refusal: Refusal }>;
}

export function createApi(http: HttpClient): Api {
  return {
    async readProducts() {
      const { products } = await http.get("http://api/products").json<{ products: StockedProduct[] }>();
      return products;
    },
    async readOrders() {
      const { orders } = await http.get("http://api/orders").json<{ orders: Order[] }>();
      return orders;
    },
    readNews: () => http.get("http://api/news").json<News>(),
    readPipeline: () => http.get("http://api/pipeline").json<PipelineState>(),
    async placeOrder(wanted) {
      try {
        return await http.post("http://api/orders", { json: wanted }).json<{ order: Order }>();
      } catch (error) {
        if (isAway(error) || !isHttpError(error)) throw error;
        const answer = JSON.parse(error.body ?? "{}") as { error?: { message: string } };
        return { refusal: { status: error.status ?? 500, message: answer.error?.message ?? error.message } };
      }
    },
  };
}

/** Whether a service did not answer, or answered that it cannot. */
export function isAway(error: unknown): boolean {
  return isHttpError(error) && (error.status === undefined || error.status >= 500);
}
