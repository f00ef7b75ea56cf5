import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { promisify } from "node:util";

/**
 * When a process started, as its system writes it, or `undefined` when there is no such process. Together with the
 * pid it tells a process from a later one that got the same pid.
 */
export async function readProcessStart(pid: number): Promise<string | undefined> {
  try {
    return parseProcStat(await readFile(`/proc/${pid}/stat`, "utf8"));
  } catch {
    if (process.platform === "linux") return undefined;
    return readFromPs(pid);
  }
}

/**
 * The 22nd field, `starttime`, and `undefined` for a zombie. The second field is the program's name in parentheses,
 * which may hold blanks and parentheses itself: `4711 (a ) b) S 1 4711 …`.
 */
export function parseProcStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

async function readFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], {
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
