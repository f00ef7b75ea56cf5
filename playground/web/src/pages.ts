import { ServiceUnavailable } from "@playground/service";
import type { Log } from "@playground/service";
import { placeOrder, readOrders, readProducts } from "./api.ts";
import type { Assets } from "./assets.ts";
import type { Html } from "./html.ts";
import { orderList } from "./order-list.ts";
import { shopPage } from "./shop-page.ts";
import type { Attempt } from "./shop-page.ts";

interface Parts {
  assets: Assets;
  log: Log;
}

export function createPages(parts: Parts): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return showShop(parts, { placed: searchParams.get("placed") ?? undefined });
      case "POST /orders":
        return takeOrder(request, parts);
      case "GET /orders":
        return showOrders();
      default:
        return parts.assets.get(pathname)?.() ?? new Response("There is no such page.\n", { status: 404 });
    }
  };
}

async function showShop(
  { log }: Parts,
  options: { placed?: string | undefined; attempt?: Attempt },
): Promise<Response> {
  const { placed, attempt } = options;
  const [products, orders] = await Promise.all([
    unlessAway(readProducts(), log),
    unlessAway(readOrders(), log),
  ]);
  const status = attempt?.status ?? (products && orders ? 200 : 503);
  return answer(shopPage({ products, orders, placed, attempt }), status);
}

/** The list of orders alone, which `live.js` puts in place of the one on the page. */
async function showOrders(): Promise<Response> {
  const orders = await readOrders().catch(() => undefined);
  return answer(orderList(orders), orders ? 200 : 503);
}

async function takeOrder(request: Request, parts: Parts): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const product = textOf(form, "product");
  const quantity = textOf(form, "quantity");
  try {
    const { order, refusal } = await placeOrder({
      product,
      quantity: quantity === "" ? Number.NaN : Number(quantity),
    });
    if (order) {
      // After a redirect, reloading the page does not order again.
      return new Response(null, { status: 303, headers: { location: `/?placed=${order.number}` } });
    }
    return await showShop(parts, { attempt: { product, quantity, ...refusal } });
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    parts.log.warn("An order was not confirmed", { because: error.message });
    const message = "We could not confirm your order. Please look whether it is listed before you try again.";
    return showShop(parts, { attempt: { product, quantity, status: 503, message } });
  }
}

async function unlessAway<T>(reading: Promise<T>, log: Log): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    log.warn("The page goes out incomplete", { because: error.message });
    return undefined;
  }
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === "string" ? value.trim() : "";
}

function answer(page: Html, status: number): Response {
  return new Response(page.toString(), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      "x-content-type-options": "nosniff",
      ...(status === 503 && { "retry-after": "2" }),
    },
  });
}
