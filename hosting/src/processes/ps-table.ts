import { execFileSync } from "node:child_process";

import type { ProcessEntry, ProcessMark } from "./process-entry.ts";

// Systems without /proc (macOS). `lstart` depends on locale and time zone, so both are fixed.
const environment = { ...process.env, LC_ALL: "C", TZ: "UTC0" };
const columns = "pid=,ppid=,pgid=,stat=,lstart=";
const maxBuffer = 64 * 1024 * 1024;

/** All processes, as `ps` lists them. */
export async function listPsEntries(): Promise<ProcessEntry[]> {
  // Loading it takes 60 ms, which every command that looks for runs would pay where /proc needs no ps.
  const { execa } = await import("execa");
  const { stdout } = await execa("ps", ["-axo", columns], { env: environment, maxBuffer, stdin: "ignore" });
  return stdout.split("\n").flatMap((line) => parsePsLine(line) ?? []);
}

/** One process, as `ps` tells it; undefined when there is none. */
export function readPsEntry(pid: number): ProcessEntry | undefined {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as ["ignore", "pipe", "ignore"];
    const output = execFileSync("ps", ["-o", columns, "-p", String(pid)], {
      env: environment,
      stdio,
      encoding: "utf8",
    });
    return parsePsLine(output);
  } catch {
    return undefined;
  }
}

/** Reads a line such as ` 9198  9191  9198 Ss+  Sat Nov 22 23:10:11 2025`. */
export function parsePsLine(line: string): ProcessEntry | undefined {
  const [pid, parent, group, state, ...start] = line.trim().split(/\s+/);
  if (pid === undefined || state === undefined || start.length === 0) return undefined;
  return {
    pid: Number(pid),
    startTime: start.join("_").replaceAll(":", "_"),
    parent: Number(parent),
    group: Number(group),
    session: Number(group),
    isZombie: state.startsWith("Z"),
    isStopped: state.startsWith("T"),
  };
}

/** The marks of all processes whose environment `ps` shows: those of this user that the system does not protect. */
export async function listPsMarks(): Promise<Map<number, ProcessMark>> {
  const { execa } = await import("execa");
  const { stdout } = await execa("ps", ["axeww", "-o", "pid=,command="], {
    env: environment,
    maxBuffer,
    stdin: "ignore",
  });
  const marks = new Map<number, ProcessMark>();
  for (const line of stdout.split("\n")) {
    const runId = /\sDEXT_RUN=(\S+)/.exec(line)?.[1];
    if (runId === undefined) continue;
    const start = /\sDEXT_START=(\d+)/.exec(line)?.[1];
    marks.set(Number.parseInt(line, 10), start === undefined ? { runId } : { runId, start: Number(start) });
  }
  return marks;
}

/** The arguments of a process, split at blanks, since `ps` shows them joined. */
export function readPsArguments(pid: number): string[] {
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/);
  } catch {
    return [];
  }
}
