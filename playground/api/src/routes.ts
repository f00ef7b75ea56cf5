import type { Logger } from "@dext/core";
import type { Cache } from "@playground/cache";
import { parseOrderRequest } from "@playground/orders";
import { ApiError } from "./api-error.ts";
import { readCatalogue, readProduct } from "./catalogue.ts";
import { isAway } from "./inventory.ts";
import type { Inventory } from "./inventory.ts";
import type { LiveStock } from "./live-stock.ts";
import type { OrderBook } from "./order-book.ts";
import type { PipelineReport } from "./pipeline-report.ts";

/** What the shop announces and where its settings come from. */
export interface News {
  announcement: { readonly text: string; readonly source: string };
  receipts: { readonly source: string };
}

interface Parts {
  cache: Cache;
  inventory: Inventory;
  orders: OrderBook;
  live: LiveStock;
  news: News;
  report: PipelineReport;
  logger: Logger;
}

export function createRoutes(parts: Parts): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      if (new URL(request.url).pathname === "/news") return Response.json(parts.news);
      // Commands would fail one by one; this way the caller hears at once what is the matter.
      if (!parts.cache.isReady) throw away();
      return await route(request, parts);
    } catch (error) {
      return refuse(error, parts);
    }
  };
}

async function route(request: Request, parts: Parts): Promise<Response> {
  const { cache, orders, live, report } = parts;
  const { pathname } = new URL(request.url);
  switch (`${request.method} ${pathname}`) {
    case "GET /products":
      return Response.json({ products: await readCatalogue(cache, await stockIfKnown(parts)) });
    case "GET /pipeline":
      return Response.json(report.state());
    case "GET /stock/live":
      return live.connect();
    case "GET /orders":
      return Response.json({ orders: await orders.recent() });
    case "POST /orders":
      return placeOrder(request, parts);
  }
  const number = /^\/orders\/(\d+)$/.exec(pathname)?.[1];
  const order = number && request.method === "GET" && (await orders.find(number));
  if (order) return Response.json({ order });
  throw new ApiError(404, "not-found", `There is nothing at ${request.method} ${pathname}.`);
}

async function placeOrder(request: Request, { cache, orders, logger }: Parts): Promise<Response> {
  const { request: wanted, problem } = parseOrderRequest(await request.json().catch(() => undefined));
  if (!wanted) throw new ApiError(400, "bad-order", problem);
  const product = await readProduct(cache, wanted.product);
  if (!product) throw new ApiError(404, "unknown-product", `We do not sell "${wanted.product}".`);
  const order = await orders.place(wanted, product);
  logger.info(`Order ${order.number} is taken`, {
    product: order.product,
    quantity: order.quantity,
    total: order.total,
  });
  return Response.json({ order }, { status: 201, headers: { location: `/orders/${order.number}` } });
}

/** The catalogue can be read without the inventory. */
async function stockIfKnown({ inventory, logger }: Parts): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    return await inventory.readStock();
  } catch (error) {
    if (!isAway(error)) throw error;
    logger.warn("The catalogue goes out without stock", { because: (error as Error).message });
    return undefined;
  }
}

function refuse(error: unknown, { cache, logger }: Parts): Response {
  if (error instanceof ApiError) {
    logger.info("Refused", { code: error.code, because: error.message });
    return error.toResponse();
  }
  if (isAway(error) || !cache.isReady) {
    logger.warn("Cannot answer now", { because: (error as Error).message });
    return away().toResponse();
  }
  throw error;
}

function away(): ApiError {
  return new ApiError(503, "away", "We cannot look into our books at the moment. Please try again shortly.");
}
