import { connectCache, createService, plainLog, required } from "@playground/service";
import { fulfil } from "./fulfil.ts";
import { readOrders } from "./order-stream.ts";

const service = createService({ name: "worker", log: plainLog });
const cache = connectCache(service.log);
const packingTime = Number(process.env["PACKING_TIME"] ?? 1_200);
const packing = {
  cache,
  log: service.log,
  signingKey: required("ORDER_SIGNING_KEY"),
  packingTime,
  stopping: service.stopping,
};
const reading = readOrders({
  cache,
  log: service.log,
  stopping: service.stopping,
  // An order is packed, then brought to the post: whoever takes longer than both is gone.
  abandonedAfter: 2 * packingTime + 5_000,
  handle: (fields) => fulfil(fields, packing),
});

service.addCheck("redis", () => cache.isReady);
service.onStop(() => cache.destroy());
service.onStop(() => reading);
service.serve(async () => new Response("The worker takes its work from Redis.\n", { status: 404 }));
