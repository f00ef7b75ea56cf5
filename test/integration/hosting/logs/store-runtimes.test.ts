import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-runtimes-test-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const bin = join(import.meta.dirname, "../../../../node_modules/.bin");

test.each([
  ["Node", process.execPath, []],
  ["Deno", join(bin, "deno"), ["run", "-A", "--no-lock", "--node-modules-dir=manual"]],
])("the log store works on %s", async (_, command, args) => {
  const script = join(import.meta.dirname, "../../../fixtures/logs/store-process.ts");
  const { stdout } = await promisify(execFile)(command, [
    ...args,
    script,
    join(directory, "run"),
    "3",
    "2000",
  ]);
  expect(JSON.parse(stdout)).toEqual({
    torn: 0,
    counts: { svc0: 2002, svc1: 2002, svc2: 2002 },
    tail: ["*** is hidden"],
  });
});
