import { existsSync } from "node:fs";
import { createRequire } from "node:module";

let found: { path: string | undefined } | undefined;

/**
 * The options by which Node loads the telemetry of `@dext/service` before a program, for `NODE_OPTIONS`; none where it
 * is not installed. It is only found here, never imported: it belongs into the services.
 */
export function telemetryPreloadOptions(): readonly string[] {
  found ??= { path: findPreload() };
  return found.path === undefined ? [] : [`--require ${quoted(found.path)}`];
}

function findPreload(): string | undefined {
  try {
    const path = createRequire(import.meta.url).resolve("@dext/service/telemetry");
    // In a checkout that was not built yet, the name leads to a file that is not there.
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** `NODE_OPTIONS` is split at spaces, except within double quotes, where a backslash makes what follows plain. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, String.raw`\$&`)}"`;
}
