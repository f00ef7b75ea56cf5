import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, startDext } from "../../fixtures/cli/dext-process.ts";

let folder: AppFolder;
beforeAll(async () => {
  folder = await createAppFolder({});
});
afterAll(() => folder.remove());

describe("dext", () => {
  test.each([["--version"], ["-V"]])("%s prints the version of the package", async (option) => {
    const { version } = JSON.parse(readFileSync(join(repository, "cli/package.json"), "utf8"));
    expect(await dext([option], { folder })).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test.each([[["--help"]], [["-h"]], [["help"]], [[]]])("%j prints the commands", async (args) => {
    const { code, stdout, stderr } = await dext(args, { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of ["run", "describe", "ps", "logs", "wait", "stop", "doctor"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} {2,}\\w`, "m"));
    }
  });

  test("help <command> and <command> --help say the same", async () => {
    for (const name of ["run", "describe", "ps", "logs", "wait", "stop", "doctor"]) {
      const help = await dext(["help", name], { folder });
      expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining(`Usage: dext ${name}`) });
      expect((await dext([name, "--help"], { folder })).stdout).toBe(help.stdout);
    }
  });

  test.each([
    [["rnu"], "DEXT_CLI_COMMAND_UNKNOWN", "Did you mean run?"],
    [["frobnicate"], "DEXT_CLI_COMMAND_UNKNOWN", "Run: dext --help"],
    [["help", "rnu"], "DEXT_CLI_COMMAND_UNKNOWN", "Did you mean run?"],
    [["--verison"], "DEXT_CLI_OPTION_UNKNOWN", "Did you mean --version?"],
    [["ps", "--jsn"], "DEXT_CLI_OPTION_UNKNOWN", "Did you mean --json?"],
    [["ps", "-x"], "DEXT_CLI_OPTION_UNKNOWN", "Run: dext ps --help"],
    [["ps", "api"], "DEXT_CLI_ARGUMENT_UNEXPECTED", "Run: dext ps --help"],
    [["wait", "--for"], "DEXT_CLI_OPTION_INVALID", "Run: dext wait --help"],
    [["wait", "--for", "--timeout", "1s"], "DEXT_CLI_OPTION_INVALID", "Run: dext wait --help"],
    [["ps", "--json=yes"], "DEXT_CLI_OPTION_INVALID", "Run: dext ps --help"],
    [["run", "--runtime", "bun"], "DEXT_CLI_APPHOST_NOT_FOUND", "AppHost"],
  ])("%j is refused with %s and a way out", async (args, code, hint) => {
    const outcome = await dext(args, { folder });
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(new RegExp(`^error ${code}: `));
    expect(outcome.stderr).toContain(hint);
    expect(outcome.code).toBe(code === "DEXT_CLI_APPHOST_NOT_FOUND" ? 3 : 2);
  });

  test("prints errors in colour only where that is wanted", async () => {
    expect((await dext(["rnu"], { folder })).stderr).not.toContain("\u001b");
    expect((await dext(["rnu"], { folder, env: { FORCE_COLOR: "1" } })).stderr).toContain("\u001b[31merror");
    const env = { FORCE_COLOR: "1", NO_COLOR: "1" };
    expect((await dext(["rnu"], { folder, env })).stderr).not.toContain("\u001b");
  });

  test("ends quietly when nobody reads its output", async () => {
    const help = startDext(["help", "run"], { folder });
    help.child.stdout.destroy();
    expect(await help.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("refuses a folder of runs that others may open", async () => {
    const outcome = await dext(["ps"], { folder, env: { DEXT_RUNTIME_DIRECTORY: "/tmp" } });
    expect(outcome).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("DEXT_CONTROL_DIRECTORY_UNSAFE"),
    });
  });
});
