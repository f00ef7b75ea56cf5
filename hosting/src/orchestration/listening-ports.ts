import { readFile } from "node:fs/promises";

/** A TCP socket that listens, as `/proc/net/tcp` has it. */
export interface ListeningSocket {
  readonly port: number;
  readonly inode: string;
}

/** Every TCP socket of this machine that listens; `undefined` where the system does not tell (Linux does). */
export async function listeningSockets(): Promise<readonly ListeningSocket[] | undefined> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  return tables.every((table) => table === "") ? undefined : tables.flatMap(parseTable);
}

/** "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 12345 1 …": 0A is LISTEN. */
function parseTable(text: string): ListeningSocket[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((row) => {
      const fields = row.trim().split(/\s+/);
      const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
      const inode = fields[9];
      return fields[3] === "0A" && inode !== undefined ? [{ port, inode }] : [];
    });
}
