import { readFileSync } from "node:fs";
import { hasProc } from "./process-identity.ts";

/** What a set of processes used between two measurements. */
export interface ProcessUsage {
  /** Share of one core. */
  readonly cpu: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** Clock ticks a second in `/proc/<pid>/stat`: fixed at 100 for programs on Linux. */
const ticksPerSecond = 100;
const pageSize = 4096;

/** Measures what processes use from one call to the next. One for each set of processes. */
export class ProcessUsageMeter {
  #ticks = new Map<number, number>();
  #at: number | undefined;

  /**
   * @param now milliseconds of a clock that only grows
   * @returns `undefined` at the first call, when none of the processes is there, and where the system does not tell
   */
  measure(pids: readonly number[], now: number): ProcessUsage | undefined {
    if (!hasProc) return undefined;
    const before = this.#ticks;
    const ticks = new Map<number, number>();
    let used = 0;
    let memory = 0;
    for (const pid of pids) {
      const stat = readStat(pid);
      if (stat === undefined) continue;
      ticks.set(pid, stat.ticks);
      // A process that is new since the last call has used all that it has in between.
      used += stat.ticks - (before.get(pid) ?? (this.#at === undefined ? stat.ticks : 0));
      memory += stat.memory;
    }
    const elapsed = this.#at === undefined ? 0 : now - this.#at;
    this.#ticks = ticks;
    this.#at = now;
    if (elapsed <= 0 || ticks.size === 0) return undefined;
    return { cpu: Math.max(0, used / ticksPerSecond / (elapsed / 1000)), memory };
  }
}

/** Field 14 and 15 of `/proc/<pid>/stat` are ticks in user and kernel mode, field 24 is resident pages. */
function readStat(pid: number): { ticks: number; memory: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The name in parentheses may hold anything, so fields are counted from the last one: the state, field 3, is at 0.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { ticks: Number(fields[11]) + Number(fields[12]), memory: Number(fields[21]) * pageSize };
}
