// Loaded where the gate lets it.
import { trace } from "@opentelemetry/api";
import { instrumentRedis } from "./redis-client.ts";
import { readTelemetrySettings } from "./settings.ts";
import { startTelemetry } from "./start-telemetry.ts";

// Deno exports by itself what it sees; it knows nothing of Redis.
if (process.versions["deno"] === undefined) start();
else instrumentRedis({ tracer: trace.getTracer("@dext/service") });

function start(): void {
  const settings = readTelemetrySettings(process.env);
  for (const problem of settings.problems) {
    process.emitWarning(`${problem}: this telemetry is not sent`, { code: "DEXT_TELEMETRY_SETTING" });
  }
  if (Object.keys(settings.signals).length > 0) startTelemetry(settings);
}
