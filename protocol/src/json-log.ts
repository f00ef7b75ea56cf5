import { logLevels } from "./log-line.ts";
import type { LogLevel } from "./log-line.ts";

/** What a line of JSON from a logger says. */
export interface JsonLog {
  level: LogLevel;
  message: string;
  /** In milliseconds since 1970; undefined when the line does not say. */
  time: number | undefined;
  /** Everything else that the line holds. */
  attributes: Readonly<Record<string, unknown>>;
}

/** pino and bunyan count in tens. */
const numericLevels: readonly [least: number, level: LogLevel][] = [
  [60, "fatal"],
  [50, "error"],
  [40, "warn"],
  [30, "info"],
  [20, "debug"],
  [0, "trace"],
];

const namedLevels: Readonly<Record<string, LogLevel>> = {
  silly: "trace",
  verbose: "debug",
  http: "debug",
  log: "info",
  information: "info",
  notice: "info",
  warning: "warn",
  err: "error",
  critical: "fatal",
  crit: "fatal",
  alert: "fatal",
  emerg: "fatal",
  ...Object.fromEntries(logLevels.map((level) => [level, level])),
};

const levelKeys = ["level", "severity", "lvl"];
const messageKeys = ["msg", "message", "body"];
const timeKeys = ["time", "timestamp", "ts", "@timestamp", "datetime"];

/** Written by bunyan in every line and of use to nobody who looks at one service. */
const ignoredKeys = new Set(["v"]);

/**
 * Recognises a line of JSON of pino, bunyan, winston or a structured console; undefined for every other line, also
 * for JSON that is not a log line.
 *
 * ```text
 * {"level":30,"time":1767225600000,"pid":7,"hostname":"box","msg":"listening"}                        pino
 * {"name":"api","hostname":"box","pid":7,"level":30,"msg":"listening","time":"2026-01-01T00:00:00.000Z","v":0}  bunyan
 * {"level":"info","message":"listening","timestamp":"2026-01-01T00:00:00.000Z"}                       winston
 * {"level":"INFO","datetime":1767225600000,"message":"listening","args":{"port":80}}                 Deno, @std/log
 * {"timestamp":"…","level":"INFO","fields":{"message":"listening"},"target":"api"}                    tracing
 * ```
 *
 * @example
 * ```ts
 * import { parseJsonLog } from "@dext/protocol";
 *
 * const log = parseJsonLog('{"level":50,"msg":"no answer","port":80}');
 * if (log?.level !== "error" || log.attributes["port"] !== 80) throw new Error("not recognised");
 * ```
 */
export function parseJsonLog(text: string): JsonLog | undefined {
  const object = parseObject(text);
  if (object === undefined) return undefined;
  const fields = asObject(object["fields"]);
  const all = fields === undefined ? object : { ...object, ...fields };
  const levelKey = levelKeys.find((key) => all[key] !== undefined);
  const level = levelKey === undefined ? undefined : toLevel(all[levelKey]);
  const messageKey = messageKeys.find((key) => typeof all[key] === "string");
  if (level === undefined || messageKey === undefined) return undefined;
  const timeKey = timeKeys.find((key) => toTime(all[key]) !== undefined);
  const known = new Set([levelKey, messageKey, timeKey, fields === undefined ? undefined : "fields"]);
  const rest = Object.entries(all).filter(([key]) => !known.has(key) && !ignoredKeys.has(key));
  return {
    level,
    message: all[messageKey] as string,
    time: timeKey === undefined ? undefined : toTime(all[timeKey]),
    attributes: Object.fromEntries(rest),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const trimmed = text.trim();
  // Most lines are no JSON: do not let the parser find out by an exception.
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return undefined;
  try {
    return asObject(JSON.parse(trimmed));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function toLevel(value: unknown): LogLevel | undefined {
  if (typeof value === "number") return numericLevels.find(([least]) => value >= least)?.[1];
  if (typeof value !== "string") return undefined;
  const name = value.toLowerCase();
  return Object.hasOwn(namedLevels, name) ? namedLevels[name] : undefined;
}

function toTime(value: unknown): number | undefined {
  if (typeof value === "string") {
    const time = Date.parse(value);
    return Number.isNaN(time) ? undefined : time;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  // Seconds until the year 2286, milliseconds from 1970's fourth month on.
  return value < 10_000_000_000 ? value * 1000 : value;
}
