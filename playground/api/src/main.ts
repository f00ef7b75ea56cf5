import { createConsoleLogger, createService } from "@dext/service";
import { loadConfig } from "@dext/providers";
import { connectCache } from "@playground/cache";
import { definition } from "./config.ts";
import { createInventory } from "./inventory.ts";
import { createLiveStock } from "./live-stock.ts";
import { createOrderBook } from "./order-book.ts";
import { createPipelineReport } from "./pipeline-report.ts";
import { createRoutes } from "./routes.ts";

const { value: settings } = await loadConfig(definition);
const report = createPipelineReport();
const service = createService({
  name: "api",
  logger: createConsoleLogger({ format: "json" }),
  http: { resilience: report.resilience },
});
const { logger } = service;
const cache = connectCache(settings.cacheUri, logger);
const inventory = createInventory(service.http);
const { announcement, receipts } = settings;
const signingKey = (receipts.key ?? settings.orderSigningKey).reveal();
const orders = createOrderBook(cache, { inventory, signingKey });
const news = { announcement, receipts: { source: receipts.source } };
const live = createLiveStock(cache, { inventory, service });

service.health.add("redis", () => cache.isReady, { tags: ["ready"] });
service.onShutdown(() => cache.destroy(), { name: "redis" });
logger.info("Settings are read", { announcement: announcement.source, receipts: receipts.source });
await service.serve(createRoutes({ cache, inventory, orders, live, news, report, logger }));
