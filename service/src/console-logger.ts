import type { LogAttributes, Logger } from "@dext/core";

/** How a line looks: for a person, or for a program that collects logs. */
export type LogFormat = "text" | "json";

type Level = keyof Logger;

/**
 * A logger that writes to the console, one line for each message: errors and warnings to stderr, the rest to stdout.
 *
 * It goes through `console`, so that telemetry which listens there sends the lines on with their trace.
 */
export function createConsoleLogger({ format = "text" }: { format?: LogFormat } = {}): Logger {
  const line = format === "json" ? jsonLine : textLine;
  const { console } = globalThis;
  return {
    debug: (message, attributes) => console.debug(line("debug", { message, attributes })),
    info: (message, attributes) => console.info(line("info", { message, attributes })),
    warn: (message, attributes) => console.warn(line("warn", { message, attributes })),
    error: (message, attributes) => console.error(line("error", { message, attributes })),
  };
}

interface Entry {
  message: string;
  attributes: LogAttributes | undefined;
}

/** `12:03:07 info  api listens url=http://127.0.0.1:5000` */
function textLine(level: Level, { message, attributes = {} }: Entry): string {
  const time = new Date().toTimeString().slice(0, 8);
  const pairs = Object.entries(attributes).map(([name, value]) =>
    value instanceof Error ? `\n${stackOf(value)}` : ` ${name}=${plain(value)}`,
  );
  return `${time} ${level.padEnd(5)} ${message}${pairs.join("")}`;
}

/** `{"level":"info","time":"2026-03-01T12:03:07.120Z","msg":"api listens","url":"http://127.0.0.1:5000"}` */
function jsonLine(level: Level, { message, attributes = {} }: Entry): string {
  const entry = { level, time: new Date().toISOString(), msg: message, ...attributes };
  try {
    return JSON.stringify(entry, (_name, value: unknown) => {
      if (value instanceof Error) return stackOf(value);
      return typeof value === "bigint" ? String(value) : value;
    });
  } catch {
    // Something that refers to itself: the message is worth more than the attributes.
    return JSON.stringify({ level, time: entry.time, msg: message });
  }
}

function plain(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return "[object]";
  }
}

/** The stack with the causes below it. */
function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\nbecause of ${stackOf(error.cause)}` : own;
}
