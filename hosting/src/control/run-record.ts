import { protocolVersion } from "@dext/protocol";

/** What is written down about a run beside its control socket. */
export interface RunRecord {
  version: 1;
  /** The run's id. */
  run: string;
  /** The application's name. */
  name: string;
  /** The AppHost file. */
  appHost: string;
  /** The AppHost's folder, links resolved. */
  directory: string;
  /** The AppHost's process … */
  pid: number;
  /** … and when it started, as the system writes it: a pid alone may belong to another process by now. */
  startTime: string;
  /** Where its control API listens. */
  socket: string;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** The record in a file's text, or `undefined` when it is none, or one of another version. */
export function parseRunRecord(text: string): RunRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const fits =
    record["version"] === protocolVersion &&
    ["run", "name", "appHost", "directory", "startTime", "socket"].every(
      (key) => typeof record[key] === "string",
    ) &&
    Number.isSafeInteger(record["pid"]) &&
    Number.isFinite(record["startedAt"]);
  return fits ? (value as RunRecord) : undefined;
}
