import { hostname } from "node:os";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import type { Resource } from "@opentelemetry/resources";
import { nearestManifest } from "./program.ts";
import type { TelemetrySettings } from "./settings.ts";

/** Who sends: the service by its given name, else by that of its package, and the process that it runs in. */
export function describeService(settings: TelemetrySettings): Resource {
  const { serviceName, resourceAttributes } = settings;
  return defaultResource().merge(
    resourceFromAttributes({
      "service.instance.id": resourceAttributes["service.instance.id"] ?? newInstanceId(),
      "host.name": hostname(),
      "process.pid": process.pid,
      "process.runtime.name": "nodejs",
      "process.runtime.version": process.versions.node,
      ...resourceAttributes,
      "service.name": serviceName ?? packageName() ?? "unknown_service:node",
    }),
  );
}

function packageName(): string | undefined {
  const name = nearestManifest(process.argv[1])?.["name"];
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Asked for only where nobody has given the process a name: `node:crypto` takes a while to load. */
function newInstanceId(): string {
  return process.getBuiltinModule("node:crypto").randomUUID();
}
