import type { ProcessEntry, ProcessMark } from "./process-entry.ts";
import { hasProc } from "./process-identity.ts";
import { listProcPids, readProcEntry, readProcMark } from "./proc-table.ts";
import { listPsEntries, listPsMarks } from "./ps-table.ts";

/** Every process of the machine, by pid. */
export async function readTable(): Promise<Map<number, ProcessEntry>> {
  const entries = hasProc ? listProcPids().flatMap((pid) => readProcEntry(pid) ?? []) : await listPsEntries();
  return new Map(entries.map((entry) => [entry.pid, entry]));
}

/** Reads the mark of a process: none, or not to be known at this moment, see {@link changePause}. */
export type MarkReader = (entry: ProcessEntry) => ProcessMark | "unknown" | undefined;

/** Gives a reader of marks: it reads when asked, or all at once where only `ps` tells. */
export async function createMarkReader(): Promise<MarkReader> {
  if (hasProc) return readProcMark;
  const marks = await listPsMarks();
  return ({ pid }) => marks.get(pid);
}

/** Milliseconds after which a process that was about to become another program is looked at again. */
export const changePause = 2;
/** So often it is looked at again; a program can also hide its environment and arguments for good. */
export const changeLimit = 10;
