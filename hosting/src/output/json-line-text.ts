import type { LogLevel } from "@dext/protocol";
import { describeJsonLog } from "../logs/describe-json-log.ts";
import { printableText } from "../logs/printable-text.ts";
import type { Style } from "./style.ts";

/** A line of JSON of a logger as it is printed: `WARN  no answer  port=80`; `undefined` for every other line. */
export function jsonLineText(text: string, style: Style): string | undefined {
  const log = describeJsonLog(text);
  if (log === undefined) return undefined;
  const { level, message, attributes } = log;
  const colour = style.coloured;
  const head = paintLevel(level, style);
  const said = printableText(message, { colour });
  const rest = printableText(attributes, { colour });
  return `${head} ${said}${rest === "" ? "" : `  ${style.dim(rest)}`}`;
}

function paintLevel(level: LogLevel, style: Style): string {
  const word = level.toUpperCase().padEnd(5);
  switch (level) {
    case "trace":
    case "debug":
      return style.dim(word);
    case "info":
      return style.green(word);
    case "warn":
      return style.yellow(word);
    case "error":
      return style.red(word);
    case "fatal":
      return style.bold(style.red(word));
  }
}
