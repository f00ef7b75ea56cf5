import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import type { ProcessIdentity } from "./process-entry.ts";

/**
 * A file with the processes of a run, so that a later run finds them when this one and its guardian were both killed.
 *
 * One process a line, `712 127166@b7bb1b29`. The start time tells the machine's boot too, so that an old file is harmless.
 */
export class ProcessLedger {
  readonly #path: string;
  #written = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** Replaces what stands in the file. A failure to write is ignored: the ledger is the last of three nets. */
  write(processes: readonly ProcessIdentity[]): void {
    const text = processes.map(({ pid, startTime }) => `${pid} ${startTime}\n`).join("");
    if (text === this.#written) return;
    try {
      writeFileSync(`${this.#path}.new`, text, { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
      this.#written = text;
    } catch {
      this.#written = "";
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** The processes that a ledger names; none when there is no such file. */
export function readLedger(path: string): ProcessIdentity[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [pid, startTime] = line.split(" ");
    return startTime === undefined || !/^\d+$/.test(pid ?? "") ? [] : [{ pid: Number(pid), startTime }];
  });
}
