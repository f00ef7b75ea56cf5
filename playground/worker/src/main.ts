import { loadConfig } from "@dext/providers";
import { createConsoleLogger, createService } from "@dext/service";
import { connectCache } from "@playground/cache";
import { definition } from "./config.ts";
import { fulfil } from "./fulfil.ts";
import { readOrders } from "./order-stream.ts";

const { cacheUri, orderSigningKey, receipts, packingTime } = (await loadConfig(definition)).value;
const service = createService({ name: "worker", logger: createConsoleLogger() });
const { logger, stopping } = service;
const cache = connectCache(cacheUri, logger);
const signingKey = (receipts.key ?? orderSigningKey).reveal();
const packing = { cache, logger, signingKey, packingTime, stopping };
const reading = readOrders({
  cache,
  logger,
  stopping,
  // An order is packed, then brought to the post: whoever takes longer than both is gone.
  abandonedAfter: 2 * packingTime + 5_000,
  handle: (fields) => fulfil(fields, packing),
});

service.health.add("redis", () => cache.isReady, { tags: ["ready"] });
service.onShutdown(() => cache.destroy(), { name: "redis" });
service.onShutdown(() => reading, { name: "packing" });
await service.serve(() => new Response("The worker takes its work from Redis.\n", { status: 404 }));
