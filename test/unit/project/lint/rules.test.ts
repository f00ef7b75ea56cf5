import { readFile } from "node:fs/promises";
import { dockerfileRules, lintDockerfile, lintSeverities } from "@dext/project/lint";
import { describe, expect, it } from "vitest";
import { commandSamples } from "./command-samples.ts";
import { instructionSamples } from "./instruction-samples.ts";
import type { RuleSample, RuleSamples } from "./rule-sample.ts";

const samples: RuleSamples = { ...instructionSamples, ...commandSamples };

function findings(id: string, text: string, { options }: RuleSample): { line: number; message: string }[] {
  return lintDockerfile(text, { ...options, only: [id], suppressions: id !== "DL1001" }).filter(
    ({ rule }) => rule === id,
  );
}

describe("every rule", () => {
  it("has a bad and a good sample, and no sample is of a rule that there is not", () => {
    expect(Object.keys(samples).toSorted()).toEqual(dockerfileRules.map(({ id }) => id).toSorted());
    for (const list of Object.values(samples)) expect(list.length).toBeGreaterThan(0);
  });

  it("has an id of its own and a known severity", () => {
    const ids = dockerfileRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { severity } of dockerfileRules) expect(lintSeverities).toContain(severity);
  });

  it("is described in docs/dockerfile-lint.md with what, why and how to fix it", async () => {
    const docs = unwrapped(await readFile("docs/dockerfile-lint.md", "utf8"));
    for (const { id, title, why, fix, aliases } of dockerfileRules) {
      expect(docs).toContain(`### ${id} `);
      for (const text of [title, why, fix, ...aliases]) expect(docs).toContain(unwrapped(text));
    }
    const described = [...docs.matchAll(/### (?<id>[\w-]+) /g)].map(({ groups }) => groups?.["id"] ?? "");
    expect(described.toSorted()).toEqual(dockerfileRules.map(({ id }) => id).toSorted());
  });
});

describe.each(Object.entries(samples))("%s", (id, list) => {
  it.each(list)("tells of a bad sample: $bad", (sample) => {
    const found = findings(id, sample.bad, sample);
    expect(found).not.toEqual([]);
    expect(found[0]?.line).toBe(sample.line ?? found[0]?.line);
  });

  it.each(list)("lets a good sample be: $good", (sample) => {
    expect(findings(id, sample.good, sample)).toEqual([]);
  });
});

/** Markdown without what a formatter may change: line ends, and escapes. */
function unwrapped(text: string): string {
  return text.replaceAll(/\\([*_<>[\]])/g, "$1").replaceAll(/\s+/g, " ");
}
