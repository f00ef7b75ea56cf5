import { readdir, readFile } from "node:fs/promises";
import process from "node:process";

/** What a process takes. */
export interface ProcessUsage {
  /** Seconds of processor since it began, its threads included, its children not. */
  processor: number;
  /** Bytes of memory now … */
  memory: number;
  /** … and the most that it ever had. */
  peak: number;
}

/** Linux counts the time of processes in ticks of this many seconds, whatever the kernel's own are. */
const tick = 0.01;

/** Reads what a process takes; undefined when it is gone. Linux only. */
export async function readUsage(pid: number): Promise<ProcessUsage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/status`, "utf8"),
    ]);
    // The name may have blanks: fields are counted behind it. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
    return {
      processor: (Number(fields[11]) + Number(fields[12])) * tick,
      memory: kilobytes("VmRSS") * 1024,
      peak: kilobytes("VmHWM") * 1024,
    };
  } catch {
    return undefined;
  }
}

/** Seconds of processor that all children of this process took that have ended, with theirs. Linux only. */
export async function readChildrenProcessor(): Promise<number> {
  const stat = await readFile("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * tick;
}

/** The child of a process whose command line has a text. */
export async function findChild(parent: number, text: string): Promise<number | undefined> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const [stat, command] = await Promise.all([
      readFile(`/proc/${name}/stat`, "utf8").catch(() => ""),
      readFile(`/proc/${name}/cmdline`, "utf8").catch(() => ""),
    ]);
    const owner = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (owner === parent && command.includes(text)) return Number(name);
  }
  return undefined;
}
