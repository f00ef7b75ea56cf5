import { readdir, readFile, readlink } from "node:fs/promises";
import { listeningSockets } from "./listening-ports.ts";

/** Who listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** The command line, shortened. */
  readonly command: string;
}

/** The process that listens on a TCP port, where the system tells (Linux, processes of the same user). */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const sockets = (await listeningSockets()) ?? [];
  const inodes = new Set(sockets.filter((socket) => socket.port === port).map(({ inode }) => inode));
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (await holdsSocket(pid, inodes)) {
      const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: commandLine.replaceAll("\0", " ").trim().slice(0, 120) };
    }
  }
  return undefined;
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
