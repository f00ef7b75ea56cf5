import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { checkLaunch, longestArgument } from "../../../../hosting/src/processes/launch-check.ts";
import type { Launch } from "../../../../hosting/src/processes/launch-check.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dext-launch-"));
  for (const name of ["first", "second"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "first/tool"), "");
  writeFileSync(join(folder, "second/tool"), "");
  chmodSync(join(folder, "second/tool"), 0o755);
  writeFileSync(join(folder, "first/data"), "");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(launch: Partial<Launch>): string {
  const env = { PATH: `${folder}/first:${folder}/second` };
  return checkLaunch({ command: "tool", args: [], cwd: folder, env, ...launch });
}

describe("A command", () => {
  it("is found in the first folder of the child's PATH that has it as an executable file", () => {
    expect(check({})).toBe(join(folder, "second/tool"));
  });

  it("with a slash is a path from the working directory", () => {
    expect(check({ command: "./second/tool", env: {} })).toBe(join(folder, "second/tool"));
  });

  it("in a relative folder of PATH is found from the working directory", () => {
    expect(check({ env: { PATH: "second" } })).toBe(join(folder, "second/tool"));
  });

  it.each(["nothing-of-the-kind", "./nothing", ""])("that is not there is refused: %j", (command) => {
    expect(() => check({ command })).toThrow(
      expect.objectContaining({ code: "DEXT_PROCESS_COMMAND_NOT_FOUND", hint: expect.any(String) }),
    );
  });

  it.each(["data", "./first/data"])("that may not be executed is refused with its file: %j", (command) => {
    expect(() => check({ command })).toThrow(
      expect.objectContaining({
        code: "DEXT_PROCESS_NOT_EXECUTABLE",
        message: expect.stringContaining(join(folder, "first/data")),
      }),
    );
  });

  it("that is a folder is not found", () => {
    expect(() => check({ command: "./first" })).toThrow(
      expect.objectContaining({ code: "DEXT_PROCESS_COMMAND_NOT_FOUND" }),
    );
  });
});

it.each(["missing", "first/tool"])("The working directory %j is refused by its name", (name) => {
  expect(() => check({ cwd: join(folder, name) })).toThrow(
    expect.objectContaining({
      code: "DEXT_PROCESS_DIRECTORY_MISSING",
      message: expect.stringContaining(join(folder, name)),
    }),
  );
});

describe("An environment variable", () => {
  const path = { PATH: "second" };

  it("as long as the system takes is taken", () => {
    expect(check({ env: { ...path, LONG: "x".repeat(longestArgument - 5) } })).toContain("tool");
  });

  it("one byte longer is refused by its name, without its value", () => {
    expect(() => check({ env: { ...path, LONG: "x".repeat(longestArgument - 4) } })).toThrow(
      expect.objectContaining({
        code: "DEXT_PROCESS_ENVIRONMENT_TOO_LARGE",
        message: expect.stringMatching(/^[^]{0,200}"LONG" has 131072 bytes[^]{0,200}$/),
      }),
    );
  });

  it("is measured in bytes, not in characters", () => {
    expect(() => check({ env: { ...path, LONG: "é".repeat(longestArgument / 2) } })).toThrow(
      expect.objectContaining({ code: "DEXT_PROCESS_ENVIRONMENT_TOO_LARGE" }),
    );
  });

  it.each([
    ["", "value"],
    ["A=B", "value"],
    ["A\0B", "value"],
    ["A", "val\0ue"],
  ])("that cannot be given to a process is refused: %j = %j", (name, value) => {
    expect(() => check({ env: { ...path, [name]: value } })).toThrow(
      expect.objectContaining({ code: "DEXT_PROCESS_ENVIRONMENT_INVALID" }),
    );
  });
});

it.each(["a\0b", "x".repeat(longestArgument + 1)])(
  "An argument that the system does not take is refused",
  (argument) => {
    expect(() => check({ args: ["fine", argument] })).toThrow(
      expect.objectContaining({
        code: "DEXT_PROCESS_ARGUMENT_INVALID",
        message: expect.stringContaining("argument 2"),
      }),
    );
  },
);
