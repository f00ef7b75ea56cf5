import type { Logger } from "@dext/core";
import { isAway } from "./api.ts";
import { announcementLine } from "./announcement-line.ts";
import type { Api } from "./api.ts";
import type { Assets } from "./assets.ts";
import { isFault } from "./fault-switch.ts";
import type { FaultSwitch } from "./fault-switch.ts";
import type { Html } from "./html.ts";
import { orderList } from "./order-list.ts";
import { pipelinePanel } from "./pipeline-panel.ts";
import { shopPage } from "./shop-page.ts";
import type { Attempt } from "./shop-page.ts";

interface Parts {
  api: Api;
  assets: Assets;
  faults: FaultSwitch;
  /** Where the page with the live stock is, if there is one. */
  stockUrl: string | undefined;
  logger: Logger;
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
        return showOrders(parts);
      case "GET /announcement":
        return answer(await readAnnouncement(parts), 200);
      case "GET /pipeline":
        return answer(await readPanel(parts), 200);
      case "POST /fault":
        return turnFault(request, parts);
      default:
        return parts.assets.get(pathname)?.() ?? new Response("There is no such page.\n", { status: 404 });
    }
  };
}

async function showShop(
  parts: Parts,
  options: { placed?: string | undefined; attempt?: Attempt },
): Promise<Response> {
  const { placed, attempt } = options;
  const { api, logger, stockUrl } = parts;
  const [products, orders, panel, announcement] = await Promise.all([
    unlessAway(api.readProducts(), logger),
    unlessAway(api.readOrders(), logger),
    readPanel(parts),
    readAnnouncement(parts),
  ]);
  const status = attempt?.status ?? (products && orders ? 200 : 503);
  return answer(shopPage({ products, orders, panel, announcement, stockUrl, placed, attempt }), status);
}

/** The list of orders alone, which `live.js` puts in place of the one on the page. */
async function showOrders({ api }: Parts): Promise<Response> {
  const orders = await api.readOrders().catch(() => undefined);
  return answer(orderList(orders), orders ? 200 : 503);
}

async function takeOrder(request: Request, parts: Parts): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const product = textOf(form, "product");
  const quantity = textOf(form, "quantity");
  try {
    const { order, refusal } = await parts.api.placeOrder({
      product,
      quantity: quantity === "" ? Number.NaN : Number(quantity),
    });
    if (order) {
      parts.logger.info(`Order ${order.number} is placed`, { product, quantity });
      // After a redirect, reloading the page does not order again.
      return new Response(null, { status: 303, headers: { location: `/?placed=${order.number}` } });
    }
    return await showShop(parts, { attempt: { product, quantity, ...refusal } });
  } catch (error) {
    if (!isAway(error)) throw error;
    parts.logger.warn("An order was not confirmed", { because: (error as Error).message });
    const message = "We could not confirm your order. Please look whether it is listed before you try again.";
    return showShop(parts, { attempt: { product, quantity, status: 503, message } });
  }
}

/** The panel alone, which `live.js` keeps up to date. What cannot be asked is left out, and not worth a line. */
async function readPanel({ api, faults }: Parts): Promise<Html> {
  const [fault, pipeline] = await Promise.all([
    faults.read().catch(() => undefined),
    api.readPipeline().catch(() => undefined),
  ]);
  return pipelinePanel({ fault, pipeline });
}

/** What is announced, which `live.js` keeps up to date: the api starts again when it has changed. */
async function readAnnouncement({ api }: Parts): Promise<Html> {
  return announcementLine(await api.readNews().catch(() => undefined));
}

async function turnFault(request: Request, { faults, logger }: Parts): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const fault = textOf(form, "fault");
  if (!isFault(fault)) return new Response("There is no such fault.\n", { status: 400 });
  await faults.turn(fault);
  logger.info("The inventory is told to misbehave", { fault });
  return new Response(null, { status: 303, headers: { location: "/#pipeline" } });
}

async function unlessAway<T>(reading: Promise<T>, logger: Logger): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!isAway(error)) throw error;
    logger.warn("The page goes out incomplete", { because: (error as Error).message });
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
