import type { ResourceSnapshot } from "@dext/protocol";

/** What is wrong with the configuration of a resource, in a line: `configuration: consul shop/ is STALE since 14:02:11`. */
export function describeProblems({ configurationProblems = [] }: ResourceSnapshot): string | undefined {
  if (configurationProblems.length === 0) return undefined;
  const texts = configurationProblems.map(
    ({ source, state, since, message }) =>
      `${source} ${source === "values" ? "are" : "is"} ${state} since ${timeOf(since)} (${shorten(message)})`,
  );
  return `configuration: ${texts.join("; ")}`;
}

/** The first line; what it announces by a colon, such as `2 values do not fit the schema:`, with the first of that. */
function shorten(message: string): string {
  const [first = "", second, ...others] = message.split("\n").map((line) => line.trim());
  if (!first.endsWith(":") || second === undefined) return first;
  return `${first} ${second}${others.length === 0 ? "" : `, and ${others.length} more`}`;
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
