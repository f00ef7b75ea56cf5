import { createConsoleLogger, createService } from "@dext/service";
import { createApi } from "./api.ts";
import { loadAssets } from "./assets.ts";
import { createFaultSwitch } from "./fault-switch.ts";
import { createPages } from "./pages.ts";

const service = createService({
  name: "web",
  logger: createConsoleLogger(),
  // Somebody waits for the page: rather one that says what is missing than one that does not come.
  http: { resilience: { totalTimeout: "4s", attemptTimeout: "3s", retry: { attempts: 2, delay: "100ms" } } },
});
const { discovery, http, logger } = service;
const pages = createPages({
  api: createApi(http),
  assets: await loadAssets(),
  faults: createFaultSwitch(http),
  stockUrl: discovery.isKnown("http://stock") ? discovery.resolve("http://stock/") : undefined,
  logger,
});
await service.serve(pages);
