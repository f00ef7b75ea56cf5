import { lintDockerfile } from "@dext/project/lint";
import type { LintDockerfileOptions } from "@dext/project/lint";
import { describe, expect, it, test } from "vitest";

function rules(text: string, options?: LintDockerfileOptions): string[] {
  return lintDockerfile(text, options)
    .map(({ rule }) => rule)
    .filter((rule) => rule !== "DS-0002");
}

describe("a comment above an instruction", () => {
  it.each([
    "# hadolint ignore=DL3002",
    "# hadolint ignore=DL3000, DL3002 # because",
    "#hadolint   ignore = DL3002",
    "# trivy:ignore:AVD-DS-0002",
    "# trivy:ignore:DS002",
    "# hadolint ignore=CIS-DI-0001",
    "# about something else\n# hadolint ignore=DL3002\n# and more",
  ])("lets it be by id or alias: %s", (comment) => {
    expect(rules(`FROM a:1\n${comment}\nUSER root`)).toEqual([]);
  });

  it.each(["# hadolint ignore=DL3003", "# hadolint ignore", "# ignore=DL3002", "# hadolint ignore=DL3002\n"])(
    "changes nothing when it means something else, or an empty line follows: %j",
    (comment) => {
      expect(rules(`FROM a:1\n${comment}\nUSER root`)).toEqual(["DL3002"]);
    },
  );

  it("counts for that instruction only", () => {
    expect(rules("FROM a:1\n# hadolint ignore=DL3004\nRUN sudo a && b && c\nRUN sudo d && e && f")).toEqual([
      "DL3004",
    ]);
  });

  it("counts on the very first line, where it looks like a directive", () => {
    expect(rules("# hadolint ignore=DL3006\nFROM node")).toEqual([]);
  });

  it("counts inside the instruction too", () => {
    expect(rules("FROM a:1\nRUN a && \\\n  # hadolint ignore=DL3004\n  sudo b")).toEqual([]);
  });
});

describe("hadolint's wider comments", () => {
  const body = "FROM a:1 AS x\nRUN sudo a\nFROM b:1\nRUN sudo b\n";
  test("global counts for the whole file, wherever it stands", () => {
    expect(rules(`${body}# hadolint global ignore=DL3004`)).toEqual([]);
  });

  test("stage counts for the stage that it stands above", () => {
    expect(lintDockerfile(`# hadolint stage ignore=DL3004\n${body}`, { only: ["DL3004"] })).toMatchObject([
      { line: 5 },
    ]);
  });
});

describe("BuildKit's check directive", () => {
  const body = "FROM node:24 as x\nCMD node\nUSER root\n";
  it("skips what it names for the whole file", () => {
    expect(rules(`# check=skip=FromAsCasing,JSONArgsRecommended;error=true\n${body}`)).toEqual(["DL3002"]);
  });

  it("skips all of BuildKit's rules by all, and no other", () => {
    expect(rules(`# syntax=docker/dockerfile:1\n# check=skip=all\n${body}`)).toEqual(["DL3002"]);
  });

  it("hides by all nothing that BuildKit refuses to build", () => {
    expect(rules("# check=skip=all\nFROM a:1\nUSER 1\nFOO\nENV A")).toEqual([
      "UnknownInstruction",
      "MissingArguments",
    ]);
  });

  it("switches on by all what is experimental in BuildKit, and no rule of others", () => {
    const text =
      "# check=experimental=all\n\n# hadolint ignore=DL3006\nFROM node AS x\nUSER 1\n# why\nARG A\n";
    expect(rules(text)).toEqual(["InvalidDefinitionDescription"]);
  });

  it("switches experimental rules on", () => {
    const text = "# check=experimental=InvalidDefinitionDescription\n\n# why\nFROM node:24 AS x\n";
    expect(rules(text)).toEqual(["InvalidDefinitionDescription"]);
  });

  it("counts for one instruction when it stands above it", () => {
    expect(rules('FROM a:1\nENTRYPOINT ["a"]\n# check=skip=JSONArgsRecommended\nCMD node')).toEqual([]);
  });
});

describe("options", () => {
  it("skip leaves rules out by id, by alias and by Trivy's other names", () => {
    const text = "FROM node\nUSER root\n";
    expect(rules(text, { skip: ["DL3006", "DL3002"] })).toEqual([]);
    expect(rules(text, { skip: ["DKL-DI-0006", "DS002"] })).toEqual([]);
    expect(rules(text, { skip: ["AVD-DS-0001"] })).toEqual(["DL3002"]);
  });

  it("skip by an alias that only some findings have leaves out those", () => {
    const text = 'FROM a:1\nCMD ["a"]\nCMD ["b"]\nENTRYPOINT ["a"]\nENTRYPOINT ["b"]\n';
    expect(lintDockerfile(text, { skip: ["DL4003", "DS-0002"] })).toMatchObject([
      { line: 4, aliases: ["DL4004", "DS-0007"] },
    ]);
  });

  it("only looks at nothing else, and enable switches on what is off", () => {
    const text = "FROM a\n# hadolint ignore=DL3006\nFROM b\nUSER 1\n";
    expect(rules(text, { only: ["DL1001"] })).toEqual(["DL1001"]);
    expect(rules(text, { enable: ["DL1001"] })).toEqual(["DL3006", "DL1001"]);
  });

  it("suppressions: false makes comments count for nothing", () => {
    expect(
      rules("# check=skip=all\n# hadolint global ignore=DL3002\nFROM a:1\nUSER 0\nCMD x", {
        suppressions: false,
      }),
    ).toEqual(["DL3002", "JSONArgsRecommended"]);
  });

  it("refuses a rule that there is not, with the one that was meant", () => {
    expect(() => lintDockerfile("FROM a", { skip: ["DL3O06"] })).toThrow(
      expect.objectContaining({ code: "DEXT_PROJECT_LINT_RULE_UNKNOWN", hint: "Did you mean DL3006?" }),
    );
  });

  it("file is put into every finding", () => {
    expect(lintDockerfile("FROM a:1", { file: "x/Dockerfile" })).toMatchObject([{ file: "x/Dockerfile" }]);
  });
});
