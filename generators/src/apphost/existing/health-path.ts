import { mapping } from "./compose-file.ts";

/**
 * The path that a health check of Compose asks for by HTTP, with its port: `curl -f http://localhost:3000/health`,
 * `wget --spider http://127.0.0.1/ping`, `node -e "fetch('http://localhost:3000/health')…"`.
 */
export function healthRequestOf(healthcheck: unknown): { path: string; port: number } | undefined {
  const { test } = mapping(healthcheck);
  const text = Array.isArray(test)
    ? (test as unknown[]).map(String).join(" ")
    : typeof test === "string"
      ? test
      : "";
  const match = /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(\/[\w./~%-]*)?/.exec(
    text,
  );
  if (match === null) return undefined;
  return { path: match[2] ?? "/", port: Number(match[1] ?? 80) };
}

/** Whether a service is checked at all. */
export function hasHealthCheck(healthcheck: unknown): boolean {
  const { test, disable } = mapping(healthcheck);
  const isNone = test === "NONE" || (Array.isArray(test) && test[0] === "NONE");
  return test !== undefined && disable !== true && !isNone;
}
