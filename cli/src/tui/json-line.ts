import { parseJsonLog } from "@dext/protocol";
import type { LogLevel } from "@dext/protocol";
import { parseStyledText } from "./styled-text.ts";
import type { Span } from "./styled-text.ts";

const looks: Readonly<Record<LogLevel, string>> = {
  trace: "2",
  debug: "2",
  info: "32",
  warn: "33",
  error: "31",
  fatal: "1;31",
};

/** What every line of pino and bunyan repeats. */
const repeated = new Set(["pid", "hostname", "name"]);

/**
 * A line of JSON of a logger as a person reads it, `undefined` for every other line:
 * `WARN  no answer  port=80 path="/a b"`.
 */
export function describeJsonLine(text: string): Span[] | undefined {
  const log = parseJsonLog(text);
  if (log === undefined) return undefined;
  const attributes = Object.entries(log.attributes)
    .filter(([key]) => !repeated.has(key))
    .map(([key, value]) => `${key}=${describeValue(value)}`);
  return [
    { text: log.level.toUpperCase().padEnd(5), look: looks[log.level] },
    { text: " ", look: "" },
    ...parseStyledText(oneLine(log.message)),
    ...(attributes.length === 0 ? [] : [{ text: `  ${oneLine(attributes.join(" "))}`, look: "2" }]),
  ];
}

function describeValue(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\s*[\n\r]\s*/g, " ⏎ ").replaceAll(/[\u0000-\u001a\u001c-\u001f\u007f]/g, " ");
}
