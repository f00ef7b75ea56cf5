import { mapping } from "./compose-mapping.ts";
import type { FillIn } from "./compose-values.ts";

/**
 * The path that a health check of Compose asks for by HTTP, with its port: `curl -f http://localhost:3000/health`,
 * `wget --spider http://127.0.0.1/ping`, `node -e "fetch('http://localhost:3000/health')…"`.
 */
export function healthRequestOf(
  healthcheck: unknown,
  fill: FillIn,
): { path: string; port: number | undefined } | undefined {
  const { test } = mapping(healthcheck);
  const words: unknown[] = Array.isArray(test) ? test : [test];
  const text = words.map((word) => fill(word) ?? (typeof word === "string" ? word : "")).join(" ");
  const [whole, port = "80", path = "/"] = request.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return { path, port: /^\d+$/.test(port) ? Number(port) : undefined };
}

// http://localhost:3000/health?full=1   http://127.0.0.1:$PORT
const request =
  /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::([^\s/'"`]+))?(\/[\w./~%-]*(?:\?[\w./~%=&-]*)?)?/;

/** Whether a service is checked at all. */
export function hasHealthCheck(healthcheck: unknown): boolean {
  const { test, disable } = mapping(healthcheck);
  const isNone = test === "NONE" || (Array.isArray(test) && test[0] === "NONE");
  return test !== undefined && disable !== true && !isNone;
}
