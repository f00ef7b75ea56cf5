// Deno exports its requests and lines by itself; this adds what is asked of Redis.
import "@dext/service/telemetry";
import { createShelves } from "./shelves.ts";

const shelves = createShelves({
  host: required("CACHE_HOST"),
  port: Number(required("CACHE_PORT")),
  password: Deno.env.get("CACHE_PASSWORD") ?? "",
});
const server = Deno.serve(
  {
    port: Number(required("PORT")),
    onListen: ({ port }) =>
      console.info(`inventory listens on port ${port}, pid ${Deno.pid}, Deno ${Deno.version.deno}`),
  },
  answer,
);
for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => void stop(signal));

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/health") {
    return shelves.isReady() ? new Response("Healthy") : new Response("Unhealthy: redis", { status: 503 });
  }
  if (!shelves.isReady()) return refusal(503, "Redis is away");
  try {
    return await route(request, pathname);
  } catch (error) {
    console.error(`${request.method} ${pathname} failed:`, error);
    return refusal(shelves.isReady() ? 500 : 503, "The shelves cannot be reached");
  }
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
      if (await shelves.putBack(id)) console.info(`put back what was taken for order ${id}`);
      return new Response(null, { status: 204 });
    default:
      return refusal(404, `There is nothing at ${request.method} ${pathname}`);
  }
}

async function openShelf(product: string, { pieces }: Record<string, unknown>): Promise<Response> {
  if (!isCount(pieces)) return refusal(400, '"pieces" must be a whole number, at least 1');
  const isNew = await shelves.open(product, pieces);
  if (isNew) console.info(`a shelf for ${product} with ${pieces}`);
  return new Response(null, { status: isNew ? 201 : 204 });
}

async function restock({ pieces }: Record<string, unknown>): Promise<Response> {
  if (!isCount(pieces)) return refusal(400, '"pieces" must be a whole number, at least 1');
  await shelves.restock(pieces);
  console.info(`every shelf has at least ${pieces} again`);
  return new Response(null, { status: 204 });
}

async function reserve(order: string, { product, quantity }: Record<string, unknown>): Promise<Response> {
  if (typeof product !== "string") return refusal(400, '"product" must be a product\'s code');
  if (!isCount(quantity)) return refusal(400, '"quantity" must be a whole number, at least 1');
  const taken = await shelves.take(order, { product, quantity });
  if (taken.ok) {
    console.info(`took ${quantity} × ${product} for order ${order}`);
    return new Response(null, { status: 204 });
  }
  console.warn(`order ${order} wants ${quantity} × ${product}, there are ${taken.available}`);
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

/** Answers what has been asked, then lets go of Redis. */
async function stop(signal: string): Promise<void> {
  console.info(`inventory stops on ${signal}`);
  await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  shelves.close();
  Deno.exit(0);
}

function required(name: string): string {
  const value = Deno.env.get(name);
  if (!value)
    throw new Error(`The environment variable "${name}" is not set: start the system with "dext run"`);
  return value;
}
