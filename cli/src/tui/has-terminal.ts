import process from "node:process";

/**
 * Whether there is a person at a terminal that can show the interface: keys can be read, and what is drawn is seen as
 * it is meant.
 */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && process.env["TERM"] !== "dumb";
}
