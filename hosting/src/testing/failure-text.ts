import { stripVTControlCharacters } from "node:util";
import type { LogLine, ResourceSnapshot, RunClient } from "@dext/protocol";

/** How many lines of a log an error shows. */
const shownLines = 10;

/** How a person is told where a replica stands: `"api" is Running and Unhealthy (http /health: status 500)`. */
export function stateText(
  { name, replica, state, health, ...more }: ResourceSnapshot,
  isOneOfMany: boolean,
): string {
  const { reason, healthMessage, exitCode, signal } = more;
  const who = isOneOfMany ? `"${name}" (replica ${replica})` : `"${name}"`;
  const ending =
    signal === undefined ? (exitCode === undefined ? undefined : `exit code ${exitCode}`) : signal;
  const because = state === "Running" ? healthMessage : (reason ?? ending);
  const is = state === "Running" ? `Running and ${health}` : state;
  return `${who} is ${is}${because === undefined ? "" : ` (${because})`}`;
}

/** The last lines of resources, for the end of an error's message. Empty when the run no longer answers. */
export async function lastLinesText(client: RunClient, resources: readonly string[]): Promise<string> {
  const texts = await Promise.all(
    resources.map(async (name) => {
      const lines = await readLines(client, { resource: name, tail: shownLines });
      if (lines.length === 0) return `\n"${name}" has written nothing.`;
      const shown = lines.map(({ text }) => `\n  ${stripVTControlCharacters(text)}`).join("");
      return `\nThe last lines of "${name}":${shown}`;
    }),
  ).catch(() => []);
  return texts.join("");
}

async function readLines(
  client: RunClient,
  { resource, tail }: { resource: string; tail: number },
): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of client.logs({ resources: [resource], tail, partial: true })) lines.push(line);
  return lines;
}
