import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../../../scripts/packages.ts";
import { cleanEnvironment } from "../../../fixtures/apphost-process.ts";

const fixtures = join(root, "test/fixtures/testing");
const node22 = join(root, "node_modules/node22/bin");
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const nodeTest = ["--test", "--test-reporter=tap", "node-test.test.ts"];
const vitestRun = [vitest, "run", "--root", fixtures, "--testTimeout", "30000", "vitest.test.ts"];

interface Runner {
  name: string;
  file: string;
  command: string;
  args: readonly string[];
  /** Stands first on the PATH. */
  path?: string;
  passed: RegExp;
}

const runners: readonly Runner[] = [
  {
    name: "node:test",
    file: "node-test.test.ts",
    command: process.execPath,
    args: nodeTest,
    passed: /# pass 2\b/,
  },
  {
    name: "node:test on Node 22",
    file: "node-test.test.ts",
    command: join(node22, "node"),
    args: nodeTest,
    path: node22,
    passed: /# pass 2\b/,
  },
  {
    name: "vitest",
    file: "vitest.test.ts",
    command: process.execPath,
    args: vitestRun,
    passed: /Tests\s+2 passed/,
  },
  {
    name: "vitest in threads",
    file: "vitest.test.ts",
    command: process.execPath,
    args: [...vitestRun, "--pool", "threads"],
    passed: /Tests\s+2 passed/,
  },
  {
    name: "vitest on Node 22",
    file: "vitest.test.ts",
    command: join(node22, "node"),
    args: vitestRun,
    path: node22,
    passed: /Tests\s+2 passed/,
  },
  {
    name: "deno test",
    file: "deno-test.mts",
    command: join(root, "node_modules/deno/deno"),
    // Deno cannot check the types of a package that is linked and not installed.
    args: ["test", "-A", "--no-check", "--sanitize-ops", "--sanitize-resources", "deno-test.mts"],
    passed: /1 passed \| 0 failed/,
  },
];

describe.each(runners)("$name", ({ command, args, path, passed }) => {
  it("runs tests of an AppHost that pass and leave no file", { timeout: 60_000 }, async () => {
    await access(command);
    const temporary = await mkdtemp(join(tmpdir(), "dext-runner-"));
    const environment = cleanEnvironment();
    const { PATH = "" } = environment;
    const child = spawn(command, [...args], {
      cwd: fixtures,
      env: {
        ...environment,
        NO_COLOR: "1",
        TMPDIR: temporary,
        PATH: path === undefined ? PATH : [path, PATH].join(delimiter),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    try {
      const [code] = (await once(child, "close")) as [number | null];
      expect(output).toMatch(passed);
      expect(code).toBe(0);
      expect((await readdir(temporary)).filter((name) => name.startsWith("dext-"))).toEqual([]);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
});

describe("docs/testing.md", () => {
  it.each([...new Set(runners.map(({ file }) => file))])("shows what stands in %s", async (file) => {
    const text = await readFile(join(root, "docs/testing.md"), "utf8");
    const blocks = [...text.matchAll(/^```ts ignore\n(.*?)^```$/gms)].map(([, block = ""]) => block);
    const source = (await readFile(join(fixtures, file), "utf8")).replace(/^\/\* oxlint-disable .*\n/, "");
    expect(blocks).toContain(source);
  });
});
