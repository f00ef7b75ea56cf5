/** How well something is. Degraded still serves. */
export type HealthStatus = "Healthy" | "Degraded" | "Unhealthy";

/** What a check may give to say more than yes or no. */
export interface HealthCheckResult {
  status: HealthStatus;
  /** One sentence for a person; it is shown only where details are allowed. */
  description?: string;
  /** Facts for programs; everything in it must survive `JSON.stringify`. */
  data?: Readonly<Record<string, unknown>>;
}

/** What one check came to. */
export interface HealthEntry extends HealthCheckResult {
  name: string;
  tags: readonly string[];
  /** Milliseconds. */
  duration: number;
}

/** What all checks came to. */
export interface HealthReport {
  /** The worst of all; without any check `"Healthy"`. */
  status: HealthStatus;
  entries: readonly HealthEntry[];
  /** Wall-clock time of the checks, in milliseconds since 1970. */
  time: number;
}

const order: readonly HealthStatus[] = ["Healthy", "Degraded", "Unhealthy"];

export function worstOf(statuses: readonly HealthStatus[]): HealthStatus {
  return order[Math.max(0, ...statuses.map((status) => order.indexOf(status)))] ?? "Unhealthy";
}

export function isHealthCheckResult(value: unknown): value is HealthCheckResult {
  return (
    typeof value === "object" &&
    value !== null &&
    order.includes((value as { status?: unknown }).status as never)
  );
}
