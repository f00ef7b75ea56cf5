import { SeverityNumber } from "@opentelemetry/api";
import type { Attributes, LogRecord } from "@opentelemetry/api";

/** Lines that are longer are not taken apart. */
const longestLine = 65_536;
/** What is said by other parts of a record, or of the resource. */
const known = new Set(
  [
    "level severity msg message time timestamp pid hostname v err error trace_id span_id",
    "trace_flags",
  ].flatMap((line) => line.split(" ")),
);
const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  verbose: SeverityNumber.DEBUG,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  log: SeverityNumber.INFO,
  notice: SeverityNumber.INFO2,
  warn: SeverityNumber.WARN,
  warning: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  critical: SeverityNumber.FATAL,
  fatal: SeverityNumber.FATAL,
};

/**
 * Takes a line apart that a logger wrote as JSON, such as
 * `{"level":30,"time":1767225600000,"pid":7,"msg":"hello","user":"ada"}` of pino, or `{"level":"info","message":"hello"}`.
 * Gives `undefined` for anything else.
 */
export function parseJsonLine(line: string): LogRecord | undefined {
  if (line.length > longestLine || !line.startsWith("{")) return undefined;
  const entry = parseObject(line);
  if (entry === undefined) return undefined;
  const level = entry["level"] ?? entry["severity"];
  const message = entry["msg"] ?? entry["message"];
  if (typeof level !== "string" && typeof level !== "number" && typeof message !== "string") return undefined;
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(entry)) {
    if (!known.has(name) && value !== null) attributes[name] = value;
  }
  Object.assign(attributes, exceptionAttributes(entry["err"] ?? entry["error"]));
  const severityNumber = severityOf(level);
  const timestamp = timeOf(entry["time"] ?? entry["timestamp"]);
  return {
    body: typeof message === "string" ? message : "",
    attributes,
    ...(severityNumber === undefined ? {} : { severityNumber, severityText: severityText(level) }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** The attributes of an error, or of what a logger made of one. */
export function exceptionAttributes(error: unknown): Attributes {
  if (typeof error === "string") return stackAttributes(error);
  if (typeof error !== "object" || error === null) return {};
  const { name, type, message, stack } = error as Record<string, unknown>;
  const attributes: Attributes = {};
  const kind = type ?? name;
  if (typeof kind === "string") attributes["exception.type"] = kind;
  if (typeof message === "string") attributes["exception.message"] = message;
  if (typeof stack === "string") attributes["exception.stacktrace"] = stack;
  return attributes;
}

/** Some loggers make a text of an error: `TypeError: no such thing\n    at main (file:///app.js:3:9)`. */
function stackAttributes(text: string): Attributes {
  const [, type, message = ""] = /^([\w.$]+)(?:: (.*))?\n\s+at /.exec(text) ?? [];
  if (type === undefined) return { "exception.message": text };
  return { "exception.type": type, "exception.message": message, "exception.stacktrace": text };
}

function parseObject(line: string): Attributes | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Attributes) : undefined;
  } catch {
    return undefined;
  }
}

/** pino and bunyan count 10 (trace), 20, 30 (info), 40, 50, 60 (fatal). */
function severityOf(level: unknown): SeverityNumber | undefined {
  if (typeof level === "string") return severities[level.toLowerCase()];
  if (typeof level !== "number") return undefined;
  const steps = [SeverityNumber.TRACE, SeverityNumber.DEBUG, SeverityNumber.INFO, SeverityNumber.WARN];
  return (
    steps[Math.max(Math.ceil(level / 10) - 1, 0)] ??
    (level <= 50 ? SeverityNumber.ERROR : SeverityNumber.FATAL)
  );
}

function severityText(level: unknown): string {
  if (typeof level === "string") return level.toUpperCase();
  const names = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
  return names[Math.min(Math.max(Math.ceil(Number(level) / 10) - 1, 0), 5)] ?? "";
}

/** Milliseconds since 1970, or a date as text. */
function timeOf(time: unknown): Date | undefined {
  if (typeof time !== "number" && typeof time !== "string") return undefined;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
