import { connectCache, createService, jsonLog, required } from "@playground/service";
import { createLiveStock } from "./live-stock.ts";
import { createOrderBook } from "./order-book.ts";
import { createRoutes } from "./routes.ts";

const service = createService({ name: "api", log: jsonLog });
const cache = connectCache(service.log);
const orders = createOrderBook(cache, { signingKey: required("ORDER_SIGNING_KEY") });
const live = createLiveStock(cache, service);

service.addCheck("redis", () => cache.isReady);
service.onStop(() => cache.destroy());
service.serve(createRoutes({ cache, orders, live, log: service.log }));
