import { tracingChannel } from "node:diagnostics_channel";
import { format } from "node:util";
import { SeverityNumber } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api";
import { exceptionAttributes, parseJsonLine } from "./json-line.ts";

/** Characters of a text that are exported. */
const longestBody = 32_768;
const levels = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  log: SeverityNumber.INFO,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

/** Exports what is said by `console.log` and its relatives, as well as printing it. */
export function captureConsole(logger: Logger): void {
  let depth = 0;
  for (const [method, severityNumber] of Object.entries(levels) as [keyof typeof levels, SeverityNumber][]) {
    const print = console[method];
    console[method] = (...args: unknown[]): void => {
      depth += 1;
      try {
        // First: what is exported must not keep a line from being printed.
        Reflect.apply(print, console, args);
      } finally {
        depth -= 1;
      }
      // `console.trace` prints by `console.error`: one of them is enough.
      if (depth === 0) emitConsoleLine(logger, { method, severityNumber, args });
    };
  }
}

/** Exports the lines of every pino logger; pino (10 and newer) tells of them on a channel before it writes them. */
export function capturePino(logger: Logger): void {
  tracingChannel<object, { result?: unknown }>("pino_asJson").subscribe({
    start() {},
    end({ result }) {
      if (typeof result !== "string") return;
      const record = parseJsonLine(result.trimEnd());
      if (record !== undefined) logger.emit({ ...record, body: cut(String(record.body)) });
    },
    asyncStart() {},
    asyncEnd() {},
    error() {},
  });
}

/** Exports the error that ends the process; it ends all the same. */
export function captureCrashes(logger: Logger): void {
  process.on("uncaughtExceptionMonitor", (error) => {
    logger.emit({
      severityNumber: SeverityNumber.FATAL,
      severityText: "FATAL",
      body: cut(
        error instanceof Error ? `Uncaught ${error.name}: ${error.message}` : `Uncaught ${format(error)}`,
      ),
      attributes: exceptionAttributes(error),
    });
  });
}

function emitConsoleLine(
  logger: Logger,
  { method, severityNumber, args }: { method: string; severityNumber: SeverityNumber; args: unknown[] },
): void {
  try {
    const [first] = args;
    const record = args.length === 1 && typeof first === "string" ? parseJsonLine(first) : undefined;
    const error = args.find((arg) => arg instanceof Error);
    logger.emit({
      severityNumber,
      severityText: method === "log" ? "INFO" : method.toUpperCase(),
      attributes: exceptionAttributes(error),
      ...record,
      body: cut(record === undefined ? format(...args) : String(record.body)),
    });
  } catch {
    // A value whose inspection throws: it has been printed as far as that was possible.
  }
}

function cut(text: string): string {
  return text.length > longestBody ? `${text.slice(0, longestBody)}…` : text;
}
