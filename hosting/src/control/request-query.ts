import { logLevels } from "@dext/protocol";
import type { LogLevel, LogQuery } from "@dext/protocol";
import { controlError } from "./error-codes.ts";

/** The query of `GET /v1/events`. */
export function parseEventsQuery(query: URLSearchParams): { after?: number } {
  refuseOthers(query, ["after"]);
  const after = readCount(query, "after");
  return after === undefined ? {} : { after };
}

/** The query of `GET /v1/logs`. */
export function parseLogsQuery(query: URLSearchParams): LogQuery {
  refuseOthers(query, ["resource", "search", "level", ...logCounts, ...logFlags]);
  const resources = query.getAll("resource");
  const search = query.get("search");
  const level = readLevel(query);
  return {
    ...(resources.length === 0 ? {} : { resources }),
    ...(search === null ? {} : { search }),
    ...(level === undefined ? {} : { level }),
    ...readAll(logCounts, (name) => readCount(query, name)),
    ...readAll(logFlags, (name) => readFlag(query, name)),
  };
}

/** The query that {@link parseLogsQuery} reads. */
export function formatLogsQuery({ resources = [], ...others }: LogQuery): URLSearchParams {
  const query = new URLSearchParams(resources.map((resource) => ["resource", resource]));
  for (const [name, value] of Object.entries(others)) if (value !== undefined) query.set(name, String(value));
  return query;
}

const logCounts = ["tail", "since", "after", "before"] as const;
const logFlags = ["follow", "ignoreCase", "partial"] as const;

/** The values that are there. */
function readAll<Name extends string, Value>(
  names: readonly Name[],
  read: (name: Name) => Value | undefined,
): Partial<Record<Name, Value>> {
  const found = names.map((name) => [name, read(name)] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found) as Partial<Record<Name, Value>>;
}

function readLevel(query: URLSearchParams): LogLevel | undefined {
  const text = query.get("level");
  if (text === null) return undefined;
  const level = logLevels.find((each) => each === text);
  if (level !== undefined) return level;
  throw invalid(`"level" is "${text}", wanted: ${logLevels.join(", ")}`);
}

/** The body of `POST /v1/stop`. */
export function parseStopBody(text: string): { force?: boolean; reason?: string } {
  const body = text === "" ? {} : parseObject(text);
  const { force, reason, ...others } = body;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalid(`The body has "${unknown}", known: "force", "reason"`);
  if (force !== undefined && typeof force !== "boolean") throw invalid('"force" is no boolean');
  if (reason !== undefined && typeof reason !== "string") throw invalid('"reason" is no text');
  return {
    ...(force === undefined ? {} : { force }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The body of `POST /v1/command`. */
export function parseCommandBody(text: string): { resource: string; command: string; replica?: number } {
  const { resource, command, replica, ...others } = parseObject(text);
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined)
    throw invalid(`The body has "${unknown}", known: "resource", "command", "replica"`);
  if (typeof resource !== "string" || typeof command !== "string") {
    throw invalid('"resource" and "command" are needed, as text');
  }
  if (replica !== undefined && (typeof replica !== "number" || !Number.isInteger(replica) || replica < 0)) {
    throw invalid('"replica" is no whole number from 0 up');
  }
  return { resource, command, ...(replica === undefined ? {} : { replica }) };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid("The body is no JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("The body is no JSON object");
  }
  return value as Record<string, unknown>;
}

function refuseOthers(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (known.includes(name)) continue;
    throw invalid(`The query has "${name}", known: ${known.map((each) => `"${each}"`).join(", ")}`);
  }
}

function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw invalid(`"${name}" is "${text}", wanted: a whole number from 0 up`);
}

function readFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw invalid(`"${name}" is "${text}", wanted: "true" or "false"`);
}

function invalid(message: string, cause?: unknown): Error {
  return controlError("DEXT_CONTROL_REQUEST_INVALID", message, {
    hint: "The control API is described by the routes of @dext/protocol.",
    cause,
  });
}
