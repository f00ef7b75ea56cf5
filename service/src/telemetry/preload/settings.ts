/** The three kinds of telemetry. */
export type Signal = "traces" | "metrics" | "logs";

/** How the data of one kind goes where. */
export interface SignalSettings {
  /** An OTLP/HTTP address, or `console`: OTLP JSON on the standard output. */
  readonly target: URL | "console";
  readonly format: "protobuf" | "json";
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** How long an export may take with all its attempts, in milliseconds. */
  readonly timeout: number;
}

/** How much is collected before it is sent. */
export interface BatchSettings {
  /** Milliseconds. */
  readonly delay: number;
  /** What comes on top of this many is dropped. */
  readonly longestQueue: number;
  readonly largestBatch: number;
}

/** What the variables of the OpenTelemetry specification say. */
export interface TelemetrySettings {
  readonly signals: Readonly<Partial<Record<Signal, SignalSettings>>>;
  readonly spanBatch: BatchSettings;
  readonly logBatch: BatchSettings;
  /** Milliseconds. */
  readonly metricInterval: number;
  readonly deltaMetrics: boolean;
  readonly sampler: { readonly name: string; readonly ratio: number };
  /** Values of attributes are cut after this many characters. */
  readonly attributeLength: number;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** What is asked for and cannot be done. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Longer values say nothing more to a reader, and a queue of them would fill the memory. */
const longestAttribute = 16_384;

/** Reads the `OTEL_…` variables. A kind without an address is off. */
export function readTelemetrySettings(environment: Environment): TelemetrySettings {
  const problems: string[] = [];
  const signals: Partial<Record<Signal, SignalSettings>> = {};
  for (const signal of ["traces", "metrics", "logs"] as const) {
    const settings = signalSettings(signal, { environment, problems });
    if (settings !== undefined) signals[signal] = settings;
  }
  const attributes = keyValuePairs(environment["OTEL_RESOURCE_ATTRIBUTES"]);
  return {
    signals,
    spanBatch: batchSettings("OTEL_BSP", { environment, delay: 5_000 }),
    logBatch: batchSettings("OTEL_BLRP", { environment, delay: 1_000 }),
    metricInterval: positive(environment["OTEL_METRIC_EXPORT_INTERVAL"], 60_000),
    deltaMetrics: /^delta$/i.test(
      environment["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"]?.trim() ?? "",
    ),
    sampler: {
      name: environment["OTEL_TRACES_SAMPLER"]?.trim() || "parentbased_always_on",
      ratio: ratio(environment["OTEL_TRACES_SAMPLER_ARG"]),
    },
    attributeLength: Math.min(
      positive(environment["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"], longestAttribute),
      longestAttribute,
    ),
    serviceName: environment["OTEL_SERVICE_NAME"] || attributes["service.name"],
    resourceAttributes: attributes,
    problems,
  };
}

function signalSettings(
  signal: Signal,
  { environment, problems }: { environment: Environment; problems: string[] },
): SignalSettings | undefined {
  const name = signal.toUpperCase();
  const setting = (suffix: string): string | undefined =>
    environment[`OTEL_EXPORTER_OTLP_${name}_${suffix}`] || environment[`OTEL_EXPORTER_OTLP_${suffix}`];
  const exporter = environment[`OTEL_${name}_EXPORTER`]?.trim() || "otlp";
  const rest = {
    headers: {
      ...keyValuePairs(environment["OTEL_EXPORTER_OTLP_HEADERS"]),
      ...keyValuePairs(setting("HEADERS")),
    },
    gzip: setting("COMPRESSION") === "gzip",
    timeout: positive(setting("TIMEOUT"), 10_000),
  };
  if (exporter === "console") return { target: "console", format: "json", ...rest };
  if (exporter !== "otlp") {
    if (exporter !== "none")
      problems.push(`OTEL_${name}_EXPORTER is "${exporter}"; otlp, console and none are known`);
    return undefined;
  }
  const target = endpoint(signal, { environment, problems });
  if (target === undefined) return undefined;
  const protocol = setting("PROTOCOL") ?? "http/protobuf";
  if (protocol !== "http/protobuf" && protocol !== "http/json") {
    problems.push(`The OTLP protocol of ${signal} is "${protocol}"; http/protobuf and http/json are known`);
    return undefined;
  }
  return { target, format: protocol === "http/json" ? "json" : "protobuf", ...rest };
}

/** An address of its own is taken as it stands; the one for all gets `/v1/traces` and so on. */
function endpoint(
  signal: Signal,
  { environment, problems }: { environment: Environment; problems: string[] },
): URL | undefined {
  const own = environment[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`];
  const base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const text = own || (base ? `${base.replace(/\/+$/, "")}/v1/${signal}` : undefined);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  problems.push(`The OTLP address of ${signal} is "${text}", which is no http or https URL`);
  return undefined;
}

function batchSettings(
  prefix: string,
  { environment, delay }: { environment: Environment; delay: number },
): BatchSettings {
  const longestQueue = positive(environment[`${prefix}_MAX_QUEUE_SIZE`], 2_048);
  return {
    delay: positive(environment[`${prefix}_SCHEDULE_DELAY`], delay),
    longestQueue,
    largestBatch: Math.min(positive(environment[`${prefix}_MAX_EXPORT_BATCH_SIZE`], 512), longestQueue),
  };
}

/** `key1=value1,key2=value%202` */
function keyValuePairs(text: string | undefined): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of (text ?? "").split(",")) {
    const at = pair.indexOf("=");
    const key = pair.slice(0, Math.max(at, 0)).trim();
    if (key !== "") pairs[decoded(key)] = decoded(pair.slice(at + 1).trim());
  }
  return pairs;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function positive(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return text !== undefined && text.trim() !== "" && Number.isFinite(value) && value > 0 ? value : otherwise;
}

function ratio(text: string | undefined): number {
  const value = text === undefined || text.trim() === "" ? 1 : Number(text);
  return value >= 0 && value <= 1 ? value : 1;
}
