/** One route of the control API. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What the answer is: one JSON document, or one a line (NDJSON). */
  readonly answer: "json" | "ndjson";
}

/** The control API: plain HTTP on a Unix socket that only its user can open. */
export const routes = {
  /** → `RunInfo` */
  info: { method: "GET", path: "/v1/info", answer: "json" },
  /** → `RunSnapshot` */
  snapshot: { method: "GET", path: "/v1/resources", answer: "json" },
  /** → `ModelDescription` */
  describe: { method: "GET", path: "/v1/describe", answer: "json" },
  /** `?after=<seq>` → `RunEvent` a line */
  events: { method: "GET", path: "/v1/events", answer: "ndjson" },
  /** `?resource=<name>&resource=…&tail=<n>&follow=true` → `LogLine` a line */
  logs: { method: "GET", path: "/v1/logs", answer: "ndjson" },
  /** `{ "resource": string, "command": string, "replica"?: number }` → `{ "version": 1, "done": true }` */
  command: { method: "POST", path: "/v1/command", answer: "json" },
  /** `{ "force"?: boolean, "reason"?: string }` → `{ "version": 1, "accepted": true }` */
  stop: { method: "POST", path: "/v1/stop", answer: "json" },
} as const;

/** The name of a route. */
export type RouteName = keyof typeof routes;
