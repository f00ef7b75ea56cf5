import type { Duration } from "@dext/core";
import type { Health } from "@dext/protocol";

/** What a health check is given. */
export interface HealthCheckContext {
  /** Aborted when the check takes too long or the run stops. */
  readonly signal: AbortSignal;
  /** The address of an endpoint of this replica as reached from the AppHost. */
  readonly endpoint: (name: string) => { readonly host: string; readonly port: number; readonly url: string };
  /** A connection property of this resource, such as `password`. */
  readonly property: (name: string) => Promise<string | undefined>;
}

/** What a check says: nothing or `true` is healthy, `false` is unhealthy. A check that throws is unhealthy with that message. */
// oxlint-disable-next-line typescript/no-invalid-void-type -- a check may simply return
export type HealthCheckResult =
  | void
  | boolean
  | { readonly health: Exclude<Health, "Unknown">; readonly message?: string };

/** A health check, run by the AppHost. */
export type HealthCheck = (context: HealthCheckContext) => HealthCheckResult | Promise<HealthCheckResult>;

/** How often and how long a health check is tried. */
export interface HealthCheckOptions {
  /** Between two checks once the resource is healthy; 10 s when absent. Before that: every 50 ms, growing to 1 s. */
  interval?: Duration;
  /** After this long the check counts as failed; 5 s when absent. */
  timeout?: Duration;
}

/** A health check in the model. */
export interface HealthCheckModel {
  readonly name: string;
  readonly check: HealthCheck;
  readonly interval: number;
  readonly timeout: number;
}
