export { testingErrorCodes } from "./error-codes.ts";
export type { HttpBody, HttpClient } from "./http-client.ts";
export { startAppHost } from "./start-apphost.ts";
export type { StartAppHostOptions } from "./start-apphost.ts";
export type { AddressOptions, ReplicaOptions, TestAppHost, WaitForOptions } from "./test-apphost.ts";
export type { OutsideReplacement, Replacement, StandInReplacement, TestOverrides } from "./test-overrides.ts";
export type { WaitCondition, WaitTarget } from "./watch-run.ts";
