import { parseJsonLog } from "@dext/protocol";
import type { LogLevel } from "@dext/protocol";

/** A line of JSON of a logger in the words of a person. */
export interface JsonLogText {
  level: LogLevel;
  /** On one line, colours intact. */
  message: string;
  /** `port=80 path="/a b"`; empty when there are none. */
  attributes: string;
}

/** What every line of pino and bunyan repeats. */
const repeated = new Set(["pid", "hostname", "name"]);

/** What a line of JSON of a logger says; `undefined` for every other line. */
export function describeJsonLog(text: string): JsonLogText | undefined {
  const log = parseJsonLog(text);
  if (log === undefined) return undefined;
  const attributes = Object.entries(log.attributes)
    .filter(([key]) => !repeated.has(key))
    .map(([key, value]) => `${key}=${describeValue(value)}`);
  return { level: log.level, message: oneLine(log.message), attributes: oneLine(attributes.join(" ")) };
}

function describeValue(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\s*[\n\r]\s*/g, " ⏎ ").replaceAll(/[\u0000-\u001a\u001c-\u001f\u007f]/g, " ");
}
