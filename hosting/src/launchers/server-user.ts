import { readFile } from "node:fs/promises";

/** A user of this machine. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that a server which refuses to be root is to run as: the first of these that the machine has; `undefined` when
 * we are not root, and the server runs as we do.
 */
export async function serverUser(names: readonly string[]): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map(parseUser);
  return names.map((name) => users.find((user) => user.name === name)).find((user) => user !== undefined);
}

/** `postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash` */
function parseUser(line: string): ServerUser {
  const [name = "", , uid, gid] = line.split(":");
  return { name, uid: Number(uid), gid: Number(gid) };
}
