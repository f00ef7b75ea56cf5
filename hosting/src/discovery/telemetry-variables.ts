import type { ResourceModel } from "../model/resource-model.ts";
import { literalVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** What a resource needs to send OpenTelemetry data, by the names of the OpenTelemetry specification. */
export function telemetryVariables(
  resource: ResourceModel,
  { replica, collector }: { replica: number; collector: string },
): readonly Variable[] {
  const instance = `${resource.name}-${replica}`;
  const apiKey = process.env["DEXT_OTLP_API_KEY"];
  const settings: Readonly<Record<string, string>> = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    ...(apiKey === undefined ? {} : { OTEL_EXPORTER_OTLP_HEADERS: `x-otlp-api-key=${apiKey}` }),
    OTEL_SERVICE_NAME: resource.name,
    OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${instance}`,
    // A developer wants to see a trace now and all of it.
    OTEL_BLRP_SCHEDULE_DELAY: "1000",
    OTEL_BSP_SCHEDULE_DELAY: "1000",
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
    OTEL_TRACES_SAMPLER: "always_on",
  };
  return Object.entries(settings).map(([name, text]) => literalVariable(name, text, "telemetry"));
}
