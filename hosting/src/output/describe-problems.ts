import type { ResourceSnapshot } from "@dext/protocol";

/** What is wrong with the configuration of a resource, in a line: `configuration: consul shop/ is STALE since 14:02:11`. */
export function describeProblems({ configurationProblems = [] }: ResourceSnapshot): string | undefined {
  if (configurationProblems.length === 0) return undefined;
  const texts = configurationProblems.map(
    ({ source, state, since, message }) =>
      `${source} ${source === "values" ? "are" : "is"} ${state} since ${timeOf(since)} (${message.split("\n")[0]})`,
  );
  return `configuration: ${texts.join("; ")}`;
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
