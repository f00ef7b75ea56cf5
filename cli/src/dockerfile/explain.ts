import process from "node:process";
import { printLine, styleFor } from "@dext/hosting/output";
import type { DockerfilePlan } from "@dext/project/dockerfile";

/** Prints every line of a Dockerfile with its reason and the place that it rests on. */
export function printExplanation({ dockerfile, lines, findings }: DockerfilePlan): void {
  const style = styleFor({ stream: process.stdout });
  printLine(dockerfile.path);
  for (const { line, text, because, file, origin } of lines) {
    printLine(`${String(line).padStart(4)}  ${text}`);
    if (because !== undefined) printLine(style.dim(`      ^ ${because}${placeOf(file, origin)}`));
  }
  printLine("");
  for (const { subject, value, because, file, line } of findings) {
    printLine(`${subject}: ${value}  ${style.dim(`${because}${placeOf(file, line)}`)}`);
  }
}

function placeOf(file: string | undefined, line: number | undefined): string {
  if (file === undefined) return "";
  return line === undefined ? ` (${file})` : ` (${file}:${line})`;
}
