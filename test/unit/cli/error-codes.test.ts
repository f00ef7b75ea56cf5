import { expect, test } from "vitest";
import { cliErrorCodes } from "../../../cli/src/error-codes.ts";
import { exitCodeOf } from "../../../cli/src/exit-code.ts";

test("every code of the command line has its form and a meaning", () => {
  for (const [code, meaning] of Object.entries(cliErrorCodes)) {
    expect(code).toMatch(/^DEXT_CLI_[A-Z]+(_[A-Z]+)*$/);
    expect(meaning.length).toBeGreaterThan(10);
  }
});

test.each([
  ["DEXT_CLI_OPTION_UNKNOWN", 2],
  ["DEXT_CLI_APPHOST_BROKEN", 3],
  ["DEXT_MODEL_NAME_TAKEN", 3],
  ["DEXT_CLI_RESOURCE_FAILED", 4],
  ["DEXT_CLI_INTERRUPTED", 130],
  ["DEXT_INTERNAL", 1],
])("%s ends with %i", (code, exitCode) => {
  expect(exitCodeOf(code)).toBe(exitCode);
});
