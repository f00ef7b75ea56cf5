import { readdir, readFile, readlink } from "node:fs/promises";

/** Who listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** The command line, shortened. */
  readonly command: string;
}

/** The process that listens on a TCP port, where the system tells (Linux, processes of the same user). */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const inodes = new Set([
    ...(await listeningInodes("/proc/net/tcp", port)),
    ...(await listeningInodes("/proc/net/tcp6", port)),
  ]);
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (await holdsSocket(pid, inodes)) {
      const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: commandLine.replaceAll("\0", " ").trim().slice(0, 120) };
    }
  }
  return undefined;
}

async function listeningInodes(table: string, port: number): Promise<string[]> {
  const text = await readFile(table, "utf8").catch(() => "");
  const inodes: string[] = [];
  for (const row of text.split("\n").slice(1)) {
    // "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 12345 1 …": 0A is LISTEN.
    const fields = row.trim().split(/\s+/);
    const local = fields[1]?.split(":")[1];
    if (
      local !== undefined &&
      fields[3] === "0A" &&
      Number.parseInt(local, 16) === port &&
      fields[9] !== undefined
    ) {
      inodes.push(fields[9]);
    }
  }
  return inodes;
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Another user's process, or one that has just ended, is not readable.
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const target = await readlink(`${folder}/${name}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}
