import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

import type { ProcessEntry, ProcessMark } from "./process-entry.ts";

/** The pids of all processes, as `/proc` lists them. */
export function listProcPids(): number[] {
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    const code = name.charCodeAt(0);
    if (code >= 48 && code <= 57) pids.push(Number(name));
  }
  return pids;
}

/** One process of `/proc`; undefined when there is none. */
export function readProcEntry(pid: number): ProcessEntry | undefined {
  const text = readProcFile(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseProcStat(text.toString("latin1"));
}

/**
 * Reads a line such as `9198 (my (odd) name) S 9191 9198 9198 0 -1 4194304 … 127166 …`: the name may hold spaces,
 * parentheses and line ends, so the fields are counted from the last `)`.
 */
export function parseProcStat(text: string): ProcessEntry | undefined {
  const nameEnd = text.lastIndexOf(")");
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(nameEnd + 2).split(" ");
  const ticks = fields[19];
  if (nameEnd < 0 || !Number.isInteger(pid) || ticks === undefined) return undefined;
  return {
    pid,
    startTime: `${ticks}@${bootMark()}`,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    isZombie: fields[0] === "Z" || fields[0] === "X",
    isStopped: fields[0] === "T" || fields[0] === "t",
  };
}

/**
 * The mark in a process's environment; undefined when it has none or belongs to somebody else.
 *
 * In the middle of an exec a process shows neither environment nor arguments: then it is `"unknown"` for a moment.
 */
export function readProcMark(entry: ProcessEntry): ProcessMark | "unknown" | undefined {
  const environment = readProcFile(`/proc/${entry.pid}/environ`);
  if (environment === undefined) return undefined;
  if (environment.length > 0) return findMark(environment);
  const isKernelThread = entry.pid === kernelThreads || entry.parent === kernelThreads;
  if (isKernelThread || entry.isZombie || readProcFile(`/proc/${entry.pid}/cmdline`)?.length !== 0)
    return undefined;
  return readProcEntry(entry.pid)?.isZombie === false ? "unknown" : undefined;
}

/** The parent of all kernel threads. */
const kernelThreads = 2;

/** Finds the mark in `PATH=/bin\0DEXT_RUN=k3x9a2bc\0DEXT_START=12\0`. */
export function findMark(environment: Buffer): ProcessMark | undefined {
  const runId = findVariable(environment, runVariable);
  if (runId === undefined) return undefined;
  const start = findVariable(environment, startVariable);
  return start === undefined ? { runId } : { runId, start: Number(start) };
}

/** The arguments of a process, the command first; empty when it is gone. */
export function readProcArguments(pid: number): string[] {
  const text = readProcFile(`/proc/${pid}/cmdline`);
  return text === undefined ? [] : text.toString("utf8").split("\0").slice(0, -1);
}

const runVariable = Buffer.from("DEXT_RUN=");
const startVariable = Buffer.from("DEXT_START=");

function findVariable(environment: Buffer, prefix: Buffer): string | undefined {
  for (let at = environment.indexOf(prefix); at >= 0; at = environment.indexOf(prefix, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue;
    const end = environment.indexOf(0, at);
    return environment.toString("utf8", at + prefix.length, end < 0 ? environment.length : end);
  }
  return undefined;
}

let buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Reads a file of `/proc` whole into a buffer that the next call overwrites: thousands are read in one look. */
function readProcFile(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.subarray(0, length);
      length += count;
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafeSlow(buffer.length)]);
    }
  } catch (error) {
    // It has ended, before or while we read, or is another user's. Anything else must not pass for that.
    if (!goneCodes.has(String((error as { code?: unknown }).code))) throw error;
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const goneCodes: ReadonlySet<string> = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

let boot: string | undefined;

function bootMark(): string {
  if (boot !== undefined) return boot;
  try {
    boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    boot = "0";
  }
  return boot;
}
