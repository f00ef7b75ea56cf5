import { createService, plainLog } from "@playground/service";
import { createPages } from "./pages.ts";
import { loadAssets } from "./assets.ts";

const service = createService({ name: "web", log: plainLog });
service.serve(createPages({ assets: await loadAssets(), log: service.log }));
