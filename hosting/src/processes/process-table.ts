import type { ProcessEntry, ProcessMark } from "./process-entry.ts";
import { hasProc } from "./process-identity.ts";
import { listProcPids, readProcEntry, readProcMark } from "./proc-table.ts";
import { listPsEntries, listPsMarks } from "./ps-table.ts";

/** Every process of the machine, by pid. */
export async function readTable(): Promise<Map<number, ProcessEntry>> {
  const entries = hasProc ? listProcPids().flatMap((pid) => readProcEntry(pid) ?? []) : await listPsEntries();
  return new Map(entries.map((entry) => [entry.pid, entry]));
}

/** Gives a function that answers a process's mark: read when asked for, or all at once where only `ps` tells. */
export async function createMarkReader(): Promise<(pid: number) => ProcessMark | undefined> {
  if (hasProc) return readProcMark;
  const marks = await listPsMarks();
  return (pid) => marks.get(pid);
}
