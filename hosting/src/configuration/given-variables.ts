import type { ConfiguredVariable } from "./bind-configuration.ts";

/** Variables as text, equal for equal names and values. */
export function textOfVariables(variables: readonly ConfiguredVariable[] = []): string {
  const sorted = variables.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return JSON.stringify(sorted.map(({ name, value }) => [name, value]));
}

/** The names of the variables that differ between two such texts; an empty one has none. */
export function changedNames(before: string, now: string): string[] {
  const [one, other] = [before, now].map(
    (text) => new Map(text === "" ? [] : (JSON.parse(text) as [string, string][])),
  ) as [Map<string, string>, Map<string, string>];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.filter((name) => one.get(name) !== other.get(name));
}
