export { connectCache } from "./cache.ts";
export type { Cache } from "./cache.ts";
export { callService, ServiceUnavailable } from "./call-service.ts";
export { isKnown, resolve } from "./discovery.ts";
export { jsonLog, plainLog } from "./log.ts";
export type { Log } from "./log.ts";
export { required } from "./environment.ts";
export { createService } from "./service.ts";
export type { Service } from "./service.ts";
