import { expandWord } from "./expand.ts";
import type { VariableLookup } from "./expand.ts";
import { keyValues } from "./instruction.ts";
import type { DockerInstruction } from "./instruction.ts";

/** Variables and their values: `null` when one is declared without a value, or with one that cannot be known. */
export type Scope = ReadonlyMap<string, string | null>;

/** What BuildKit declares before the first `FROM`. https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
export const platformArguments: readonly string[] = [
  "BUILDPLATFORM",
  "BUILDOS",
  "BUILDARCH",
  "BUILDVARIANT",
  "TARGETPLATFORM",
  "TARGETOS",
  "TARGETARCH",
  "TARGETVARIANT",
  "TARGETSTAGE",
];

/** Arguments that every build may be given without a word in the file. */
export const predefinedArguments: readonly string[] = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
  "BUILDKIT_SBOM_SCAN_CONTEXT",
  "BUILDKIT_SBOM_SCAN_STAGE",
  "SOURCE_DATE_EPOCH",
];

/** The scope after an `ARG` or `ENV`; the same one after anything else. */
export function scopeAfter(
  scope: Scope,
  instruction: DockerInstruction,
  options: { escape: string; globals: Scope },
): Scope {
  const { keyword } = instruction;
  if (keyword !== "ARG" && keyword !== "ENV") return scope;
  const next = new Map(scope);
  for (const { key, rawValue } of keyValues(instruction)) {
    if (rawValue === undefined) {
      next.set(key, options.globals.get(key) ?? next.get(key) ?? null);
      continue;
    }
    // All of an ENV sees what was there before it; an ARG sees those that stand before it in its line.
    const value = expandWord(rawValue, lookupIn(keyword === "ENV" ? scope : next), options).value;
    next.set(key, value ?? null);
  }
  return next;
}

/** A look-up in a scope. */
export function lookupIn(scope: Scope): VariableLookup {
  return (name) => scope.get(name);
}
