import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext } from "../../fixtures/cli/dext-process.ts";

let folder: AppFolder;
beforeAll(async () => {
  folder = await createAppFolder({
    Dockerfile: "FROM node:24\nUSER 1000\nCOPY app.js secret.txt /app/\n",
    ".dockerignore": "secret.txt\n",
    "bad.Dockerfile": "FROM node:24\nUSER 1000\nRUN sudo a\nUSER node\n",
    "binary.Dockerfile": "\u007fELF\u0000\u0001",
    "colour.Dockerfile": "FROM node:24\nUSER 1000\nWORKDIR \u001b[2Japp\n",
  });
});
afterAll(() => folder.remove());

describe("dext dockerfile --lint", () => {
  test("reads the Dockerfile here and its .dockerignore, and exits 3 for a finding", async () => {
    const { code, stdout, stderr } = await dext(["dockerfile", "--lint"], { folder });
    expect(stdout).toContain('Dockerfile:3:1 warning CopyIgnoredFile COPY takes "secret.txt"');
    expect(stderr).toContain('1 warning in "Dockerfile"');
    expect(code).toBe(3);
  });

  test("--json puts the findings of all files on stdout", async () => {
    const { code, stdout, stderr } = await dext(
      ["dockerfile", "--lint", "bad.Dockerfile", "binary.Dockerfile", "--json"],
      { folder },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      files: ["bad.Dockerfile", "binary.Dockerfile"],
      findings: [
        {
          rule: "DL3004",
          file: "bad.Dockerfile",
          severity: "error",
          line: 3,
          column: 5,
          aliases: ["DS-0010", "DKL-DI-0001"],
        },
        { rule: "DL3066", file: "bad.Dockerfile", severity: "info", line: 4 },
        { rule: "BinaryFile", file: "binary.Dockerfile", severity: "error", line: 1 },
      ],
    });
    expect(stderr).toBe("");
    expect(code).toBe(3);
  });

  test("leaves out what a file would do to the terminal", async () => {
    const { stdout } = await dext(["dockerfile", "--lint", "colour.Dockerfile"], { folder });
    expect(stdout).toContain('WORKDIR "app"');
    expect(stdout).not.toContain("\u001b[2J");
  });

  test("--fail-on and --skip decide what makes it fail", async () => {
    expect(await exitCode("--skip", "DL3004", "--fail-on", "warning")).toBe(0);
    expect(await exitCode("--skip", "DL3004")).toBe(3);
    expect(await exitCode("--skip", "DL3004,DL3066")).toBe(0);
    expect(await exitCode("--fail-on", "never")).toBe(0);
  });

  test.each([
    [["--lint", "nothere"], "DEXT_CLI_FILE_UNREADABLE"],
    [["--lint", "Dockerfile", "--skip", "DL9999"], "DEXT_PROJECT_LINT_RULE_UNKNOWN"],
    [["--lint", "Dockerfile", "--fail-on", "doom"], "DEXT_CLI_OPTION_INVALID"],
    [["--lint", "--outdated"], "DEXT_CLI_OPTION_INVALID"],
    [["--lint", "--check"], "DEXT_CLI_OPTION_INVALID"],
    [["--skip", "DL3008"], "DEXT_CLI_OPTION_INVALID"],
  ])("%j is wrong usage", async (args, errorCode) => {
    const { code, stderr } = await dext(["dockerfile", ...args], { folder });
    expect(stderr).toContain(errorCode);
    expect(code).toBe(2);
  });
});

async function exitCode(...args: string[]): Promise<number | null> {
  return (await dext(["dockerfile", "--lint", "bad.Dockerfile", ...args], { folder })).code;
}
