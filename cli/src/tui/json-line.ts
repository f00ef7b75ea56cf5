import { describeJsonLog } from "@dext/hosting/control";
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

/**
 * A line of JSON of a logger as a person reads it, `undefined` for every other line:
 * `WARN  no answer  port=80 path="/a b"`.
 */
export function describeJsonLine(text: string): Span[] | undefined {
  const log = describeJsonLog(text);
  if (log === undefined) return undefined;
  const { level, message, attributes } = log;
  return [
    { text: level.toUpperCase().padEnd(5), look: looks[level] },
    { text: " ", look: "" },
    ...parseStyledText(message),
    ...(attributes === "" ? [] : [{ text: `  ${attributes}`, look: "2" }]),
  ];
}
