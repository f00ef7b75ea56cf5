export { connectCache } from "./cache.ts";
export type { Cache } from "./cache.ts";
