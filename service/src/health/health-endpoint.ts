import { isSecret } from "@dext/core";
import type { Secret } from "@dext/core";
import type { Health, HealthKind } from "./health.ts";
import { worstOf } from "./health-report.ts";
import type { HealthEntry, HealthReport, HealthStatus } from "./health-report.ts";

export interface HealthEndpointOptions {
  /** Where it is asked whether the process can answer; `"/alive"` when absent. */
  livePath?: string;
  /** Where it is asked whether requests should come; `"/health"` when absent. */
  readyPath?: string;
  /**
   * Who may see the single checks: `"always"`, `"never"`, or whoever sends `Authorization: Bearer <token>`.
   * When absent everybody in development and nobody else.
   */
  details?: "always" | "never" | { token: string | Secret };
}

/** A question to the endpoint, whatever server it came to. */
export interface HealthQuestion {
  method: string;
  /** Without the query. */
  path: string;
  accept: string | undefined;
  authorization: string | undefined;
}

/** An answer that any server can send. */
export interface HealthAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface HealthEndpoint {
  /** The answer, or `undefined` for a path that is not its own. */
  answer(question: HealthQuestion): Promise<HealthAnswer> | undefined;
}

interface EndpointParts {
  name: string;
  health: Health;
  /** Why the service takes no requests now, whatever its checks say; they are not asked then. */
  refusal: () => string | undefined;
  isDevelopment: boolean;
}

export function createHealthEndpoint(
  parts: EndpointParts,
  options: HealthEndpointOptions = {},
): HealthEndpoint {
  const { health, refusal, isDevelopment, name } = parts;
  const { livePath = "/alive", readyPath = "/health" } = options;
  const { details = isDevelopment ? "always" : "never" } = options;
  const kinds = new Map<string, HealthKind>([
    [readyPath, "ready"],
    [livePath, "live"],
  ]);

  async function respond(kind: HealthKind, question: HealthQuestion): Promise<HealthAnswer> {
    const { method, accept, authorization } = question;
    if (method !== "GET" && method !== "HEAD") {
      return { status: 405, headers: { ...plain, allow: "GET, HEAD" }, body: "Method Not Allowed\n" };
    }
    const because = kind === "ready" ? refusal() : undefined;
    let report = because === undefined ? await health.report(kind) : refused(because);
    // Shutdown may have begun while the checks ran.
    const meanwhile = kind === "ready" ? refusal() : undefined;
    if (meanwhile !== undefined) report = refused(meanwhile);
    const isDetailed = wantsJson(accept) && (await maySeeDetails(details, authorization));
    const answer = {
      status: report.status === "Unhealthy" ? 503 : 200,
      headers: { ...(isDetailed ? json : plain) },
      body: isDetailed ? JSON.stringify(toHealthJson(report, name)) : report.status,
    };
    return answer;
  }

  return {
    answer(question) {
      const kind = kinds.get(question.path);
      return kind === undefined ? undefined : respond(kind, question);
    },
  };
}

const plain = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
const json = { "content-type": "application/health+json", "cache-control": "no-store" };

function refused(because: string): HealthReport {
  const entry: HealthEntry = {
    name: "service",
    tags: [],
    duration: 0,
    status: "Unhealthy",
    description: because,
  };
  return { status: worstOf([entry.status]), entries: [entry], time: Date.now() };
}

/** `Accept: application/health+json`, or `application/json`. */
function wantsJson(accept: string | undefined): boolean {
  return accept !== undefined && /\bapplication\/(?:health\+)?json\b/i.test(accept);
}

async function maySeeDetails(
  details: NonNullable<HealthEndpointOptions["details"]>,
  authorization: string | undefined,
): Promise<boolean> {
  if (typeof details === "string") return details === "always";
  const token = isSecret(details.token) ? details.token.reveal() : details.token;
  const [, given] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (given === undefined || token === "") return false;
  const { hash, timingSafeEqual } = await import("node:crypto");
  // Digests are of equal length, so that the comparison takes the same time for any guess.
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", token, "buffer"));
}

const words: Readonly<Record<HealthStatus, string>> = {
  Healthy: "pass",
  Degraded: "warn",
  Unhealthy: "fail",
};

/** The form of draft-inadarei-api-health-check: `{ "status": "pass", "checks": { "database": [{ … }] } }`. */
function toHealthJson({ status, entries, time }: HealthReport, name: string): object {
  const checks = entries.map((entry) => [
    entry.name,
    [
      {
        status: words[entry.status],
        time: new Date(time).toISOString(),
        observedValue: entry.duration,
        observedUnit: "ms",
        ...(entry.description === undefined ? {} : { output: entry.description }),
        ...(entry.tags.length === 0 ? {} : { tags: entry.tags }),
        ...(entry.data === undefined ? {} : { data: entry.data }),
      },
    ],
  ]);
  return { status: words[status], serviceId: name, checks: Object.fromEntries(checks) };
}
