import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

import { codeOf } from "./commit-folder.ts";

/** Which process is meant: a pid alone is reused, so the time at which the process started goes with it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Empty where the system does not tell, such as on Windows. */
  readonly startTime: string;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTime: startTimeOf(process.pid) ?? "" };
}

/** Whether this very process still runs; one that merely has its pid counts only where the two cannot be told apart. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  if (startTime === "") return hasProcess(pid);
  const now = startTimeOf(pid);
  return now !== undefined && now === startTime;
}

/** Whether any process has this pid. */
export function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Opaque, compared as a whole; undefined when no such process runs. */
function startTimeOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat !== undefined) return parseStartTime(stat);
  return read("/proc/self/stat") === undefined ? startTimeByPs(pid) : undefined;
}

/**
 * Takes field 22 of `9198 (my (odd) name) S 9191 9198 … 127166 …`: the name may hold blanks and parentheses, so the
 * fields are counted from the last `)`. With the machine's boot, because the kernel's ticks begin anew with it.
 */
function parseStartTime(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isZombie = fields[0] === "Z" || fields[0] === "X";
  const boot = read("/proc/sys/kernel/random/boot_id")?.slice(0, 8) ?? "0";
  return isZombie ? undefined : `${fields[19]}@${boot}`;
}

/** Systems without /proc (macOS). The start depends on locale and time zone, so both are fixed. */
function startTimeByPs(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC0" };
    const output = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
