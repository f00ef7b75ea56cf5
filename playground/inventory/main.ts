// Deno exports its requests and lines by itself; this adds what is asked of Redis.
import "@dext/service/telemetry";
import { loadConfig } from "@dext/providers";
import { createConsoleLogger, createService } from "@dext/service";
import { definition } from "./config.ts";
import { createFaults } from "./faults.ts";
import { createShelves } from "./shelves.ts";

const { cacheHost, cachePort, cachePassword } = (await loadConfig(definition)).value;
const service = createService({ name: "inventory", logger: createConsoleLogger() });
const { logger } = service;
const shelves = createShelves({ host: cacheHost, port: cachePort, password: cachePassword.reveal() }, logger);
const faults = createFaults();

service.health.add("redis", () => shelves.isReady(), { tags: ["ready"] });
service.onShutdown(() => shelves.close(), { name: "redis" });
await service.serve(answer);

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/fault") return turnFault(request);
  const fault = await faults.strike();
  if (fault !== undefined) return refusal(503, fault);
  if (!shelves.isReady()) return refusal(503, "Redis is away");
  try {
    return await route(request, pathname);
  } catch (error) {
    logger.error(`${request.method} ${pathname} failed`, { error });
    return refusal(shelves.isReady() ? 500 : 503, "The shelves cannot be reached");
  }
}

async function turnFault(request: Request): Promise<Response> {
  if (request.method === "GET") return Response.json({ fault: faults.present() });
  const { fault } = await readBody(request);
  if (request.method !== "PUT" || !faults.turn(fault)) {
    return refusal(400, '"fault" must be "none", "slow" or "failing"');
  }
  logger.warn(`from now on the inventory is ${fault === "none" ? "as usual" : String(fault)}`);
  return new Response(null, { status: 204 });
}

async function route(request: Request, pathname: string): Promise<Response> {
  const [, kind = "", id = ""] =
    /^\/(stock|restock|reservations)(?:\/([a-z0-9-]{1,40}))?$/.exec(pathname) ?? [];
  switch (`${request.method} ${kind}${id && "/:id"}`) {
    case "GET stock":
      return Response.json({ stock: await shelves.read() });
    case "PUT stock/:id":
      return openShelf(id, await readBody(request));
    case "POST restock":
      return restock(await readBody(request));
    case "PUT reservations/:id":
      return reserve(id, await readBody(request));
    case "DELETE reservations/:id":
      if (await shelves.putBack(id)) logger.info(`put back what was taken for order ${id}`);
      return new Response(null, { status: 204 });
    default:
      return refusal(404, `There is nothing at ${request.method} ${pathname}`);
  }
}

async function openShelf(product: string, { pieces }: Record<string, unknown>): Promise<Response> {
  if (!isCount(pieces)) return refusal(400, '"pieces" must be a whole number, at least 1');
  const isNew = await shelves.open(product, pieces);
  if (isNew) logger.info(`a shelf for ${product} with ${pieces}`);
  return new Response(null, { status: isNew ? 201 : 204 });
}

async function restock({ pieces }: Record<string, unknown>): Promise<Response> {
  if (!isCount(pieces)) return refusal(400, '"pieces" must be a whole number, at least 1');
  await shelves.restock(pieces);
  logger.info(`every shelf has at least ${pieces} again`);
  return new Response(null, { status: 204 });
}

async function reserve(order: string, { product, quantity }: Record<string, unknown>): Promise<Response> {
  if (typeof product !== "string") return refusal(400, '"product" must be a product\'s code');
  if (!isCount(quantity)) return refusal(400, '"quantity" must be a whole number, at least 1');
  const taken = await shelves.take(order, { product, quantity });
  if (taken.ok) {
    logger.info(`took ${quantity} × ${product} for order ${order}`);
    return new Response(null, { status: 204 });
  }
  logger.warn(`order ${order} wants ${quantity} × ${product}, there are ${taken.available}`);
  return Response.json({ error: "too few", available: taken.available }, { status: 409 });
}

async function readBody(request: Request): Promise<Record<string, unknown>> {
  const body: unknown = await request.json().catch(() => undefined);
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
