import { spawnSync } from "node:child_process";
import process from "node:process";

/** How many children write in a flood. */
export const floodChildren = 4;

/** Bytes of a line, with its end. */
export const lineLength = 120;

const perl = "perl";
const first = 1_000_001;
const padding = "x".repeat(lineLength - "svc0 1000001 \n".length);

/** A line of a flood: `svc0 1000001 xxx…`, numbered from 0. */
export function floodLine(child: string, number: number): string {
  return `${child} ${first + number} ${padding}`;
}

/** A program that writes numbered lines, one write each, as fast as it can: Perl is fastest, Node is always there. */
export function floodProgram(
  child: string,
  { lines }: { lines: number },
): { command: string; args: readonly string[] } {
  const last = first + lines - 1;
  if (spawnSync(perl, ["-e", "1"]).status === 0) {
    const script = `$p=" ${padding}\\n"; for $i (${first}..${last}) { syswrite STDOUT, "${child} $i$p" }`;
    return { command: perl, args: ["-e", script] };
  }
  const script =
    `const { writeSync } = require("fs"); ` +
    `for (let i = ${first}; i <= ${last}; i += 1) writeSync(1, "${child} " + i + " ${padding}\\n")`;
  return { command: process.execPath, args: ["-e", script] };
}

/** The same as a line for a shell. */
export function floodCommand(child: string, options: { lines: number }): string {
  const { command, args } = floodProgram(child, options);
  // The first word as it is: concurrently takes quotes off that stand at both ends of a command.
  return [command, ...args.map((word) => `'${word}'`)].join(" ");
}

/** The children of a flood. */
export function floodNames(): string[] {
  return Array.from({ length: floodChildren }, (_, index) => `svc${index}`);
}
