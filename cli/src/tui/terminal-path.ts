import { readlinkSync } from "node:fs";
import process from "node:process";

/**
 * Whether there is a person at a terminal that can show the interface: keys can be read, and what is drawn is seen as
 * it is meant.
 */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && process.env["TERM"] !== "dumb";
}

/**
 * The file of the terminal that stdout is, such as `/dev/pts/3`: by that name it can be restored by processes of other
 * sessions, for whom `/dev/tty` is another one. `undefined` where the system does not tell.
 */
export function terminalPath(): string | undefined {
  if (!process.stdout.isTTY) return undefined;
  try {
    const path = readlinkSync(`/proc/self/fd/${process.stdout.fd}`);
    return path.startsWith("/dev/") ? path : undefined;
  } catch {
    return undefined;
  }
}
