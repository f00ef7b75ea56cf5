export { cleanUpStaleRuns, findStaleRuns } from "./clean-up.ts";
export type { CleanUpContainersOptions, StaleRun } from "./clean-up.ts";
export { describeEngine } from "./container-engine.ts";
export type { ContainerEngine } from "./container-engine.ts";
export { engineMissing, findEngine } from "./find-engine.ts";
export type { EngineAttempt, EngineSearch, FindEngineOptions } from "./find-engine.ts";
