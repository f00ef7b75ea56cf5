import { readdir } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, startDext } from "../../fixtures/cli/dext-process.ts";

let folder: AppFolder;
afterEach(() => folder.remove());

const header = 'import { createBuilder } from "@dext/hosting";\n';

/** An AppHost whose configuration has a source that does not answer for so long. */
function readingHost(timeout: string): string {
  return `${header}import { defineConfig } from "@dext/providers";
    const load = () => (console.log("reads"), new Promise(() => setInterval(() => {}, 1000)));
    const definition = defineConfig({
      startTimeout: 100,
      layers: [{ provider: "silent", label: "x", timeout: "${timeout}", create: () => ({ load }) }],
    });
    const host = createBuilder();
    host.addNodeApp("api", "api.js").withConfiguration(definition, ["a"]);
    await host.run();\n`;
}

interface Broken {
  title: string;
  source: string;
  code: string;
  place: string;
  says: RegExp;
  hint: RegExp;
}

const brokenHosts: readonly Broken[] = [
  {
    title: "a syntax error",
    source: `${header}const host = ;\nawait host.run();\n`,
    code: "DEXT_CLI_APPHOST_BROKEN",
    place: "apphost.ts:2:14",
    says: /cannot be loaded: Expression expected/,
    hint: /Correct the line/,
  },
  {
    title: "an exception",
    source: `${header}const host = createBuilder();\nfunction fail(): never {\n  throw new TypeError("no such thing");\n}\nfail();\nawait host.run();\n`,
    code: "DEXT_CLI_APPHOST_THREW",
    place: "apphost.ts:4:9",
    says: /threw TypeError: no such thing/,
    hint: /handle the error/,
  },
  {
    title: "a call of something that is not there",
    source: `${header}const host = createBuilder() as any;\nhost.addRediss("cache");\n`,
    code: "DEXT_CLI_APPHOST_THREW",
    place: "apphost.ts:3:6",
    says: /host\.addRediss is not a function/,
    hint: /Correct what stands/,
  },
  {
    title: "an import of a file that is not there",
    source: `${header}import { port } from "./ports.ts";\nawait createBuilder().run(port);\n`,
    code: "DEXT_CLI_APPHOST_BROKEN",
    place: "apphost.ts:2:22",
    says: /ports\.ts/,
    hint: /file's extension/,
  },
  {
    title: "an import of a package that is not there",
    source: `${header}import { x } from "not-installed-anywhere";\nawait createBuilder().run(x);\n`,
    code: "DEXT_CLI_APPHOST_BROKEN",
    place: "apphost.ts:2:19",
    says: /not-installed-anywhere/,
    hint: /not-installed-anywhere/,
  },
  {
    title: "an AppHost that never calls host.run()",
    source: `${header}createBuilder();\n`,
    code: "DEXT_CLI_APPHOST_NEVER_RAN",
    place: "apphost.ts",
    says: /ended without running anything/,
    hint: /await host\.run\(\)/,
  },
  {
    title: "an await that never settles",
    source: `${header}createBuilder();\nawait new Promise(() => {});\n`,
    code: "DEXT_CLI_APPHOST_HANGS",
    place: "apphost.ts:3",
    says: /waits for something that never happens/,
    hint: /never settles/,
  },
];

describe.each(["node", "deno"])("dext run --runtime %s", (runtime) => {
  test.each(brokenHosts)("says in one message what is wrong with $title", async (broken) => {
    folder = await createAppFolder({ "apphost.ts": broken.source });
    const outcome = await dext(["run", "--runtime", runtime], { folder });
    expect(outcome).toMatchObject({ code: 3, stdout: "" });
    const [first = "", place = ""] = outcome.stderr.split("\n");
    expect(first).toMatch(new RegExp(`^error ${broken.code}: `));
    expect(outcome.stderr).toMatch(broken.says);
    expect(place).toContain(`  at ${folder.path}/${broken.place}`);
    expect(outcome.stderr).toMatch(new RegExp(`\nhint: .*${broken.hint.source}`));
    // No stack, neither of ours nor of the runtime.
    expect(outcome.stderr).not.toMatch(/^ {4,}at |node:internal|\/dist\//m);
  });

  test("gives up on an AppHost that hangs before host.run(), and leaves nothing of it", async () => {
    folder = await createAppFolder({
      "apphost.ts": `${header}createBuilder();\nconsole.log("pid", process.pid);\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n`,
    });
    const args = ["run", "--runtime", runtime, "--start-timeout", "1500ms"];
    const outcome = await dext(args, { folder });
    expect(outcome).toMatchObject({ code: 3 });
    expect(outcome.stderr).toContain(
      "error DEXT_CLI_APPHOST_HANGS: The AppHost has not called host.run() after 1.5 s",
    );
    expect(outcome.stderr).toContain("hint: ");
  });

  test("gives up reading the configuration when it is interrupted or the command is killed, and leaves no lock", async () => {
    folder = await createAppFolder({ "apphost.ts": readingHost("60s") });
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const process = startDext(["run", "--runtime", runtime], { folder });
      await process.says("apphost | reads");
      process.signal(signal);
      expect(await process.ended).toMatchObject({ code: signal === "SIGINT" ? 130 : null });
      await expect.poll(() => readdir(folder.runtimeDirectory), { timeout: 5000 }).toEqual([]);
    }
  });

  test("ends with 130 when it is interrupted before anything is up", async () => {
    folder = await createAppFolder({
      "apphost.ts": `${header}createBuilder();\nconsole.log("begun");\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n`,
    });
    const process = startDext(["run", "--runtime", runtime], { folder });
    await process.says("apphost | begun");
    process.signal("SIGINT");
    expect(await process.ended).toMatchObject({ code: 130 });
  });
});

test("dext run does not call it hanging that an AppHost reads its configuration, and tells what that fails of", async () => {
  folder = await createAppFolder({ "apphost.ts": readingHost("3500ms") });
  const outcome = await dext(["run", "--start-timeout", "3s"], { folder });
  expect(outcome).toMatchObject({ code: 3 });
  expect(outcome.stderr).toMatch(
    /^error DEXT_RUN_CONFIGURATION_FAILED: The configuration of "api" cannot be loaded: The source silent "x" did not answer/m,
  );
});

test("dext run says how to make an AppHost of a CommonJS package an ES module", async () => {
  folder = await createAppFolder({
    "apphost.ts": `${header}await createBuilder().run();\n`,
    "package.json": '{ "type": "commonjs" }',
  });
  const outcome = await dext(["run"], { folder });
  expect(outcome).toMatchObject({ code: 3 });
  expect(outcome.stderr).toContain(
    'error DEXT_CLI_APPHOST_COMMONJS: "apphost.ts" is loaded as CommonJS, wanted: an ES module',
  );
  expect(outcome.stderr).toContain(`hint: Set "type": "module" in "${folder.path}/package.json", or rename`);
});

test("dext run says what it looked for, and names the nearest AppHost above", async () => {
  folder = await createAppFolder({ "apphost.ts": "", "services/api/main.ts": "" });
  const outcome = await dext(["run"], { folder, cwd: "services/api" });
  expect(outcome).toMatchObject({ code: 3 });
  expect(outcome.stderr).toContain("looked for: apphost.ts, apphost.mts, apphost.js, apphost.mjs");
  expect(outcome.stderr).toContain("hint: There is one above: --apphost ../../apphost.ts");
});

test("dext run --json prints the error as a document on stdout and nothing on stderr", async () => {
  folder = await createAppFolder({ "apphost.ts": "const a = ;" });
  const outcome = await dext(["run", "--json"], { folder });
  expect(outcome).toMatchObject({ code: 3, stderr: "" });
  expect(JSON.parse(outcome.stdout)).toMatchObject({
    version: 1,
    error: {
      code: "DEXT_CLI_APPHOST_BROKEN",
      hint: expect.any(String),
      details: { place: `${folder.path}/apphost.ts:1:11` },
    },
  });
});

test("dext describe says the same about a broken AppHost", async () => {
  folder = await createAppFolder({ "apphost.ts": 'throw new Error("not today");\n' });
  const outcome = await dext(["describe"], { folder });
  expect(outcome).toMatchObject({ code: 3, stdout: "" });
  expect(outcome.stderr).toContain('error DEXT_CLI_APPHOST_THREW: "apphost.ts" threw Error: not today');
  expect(outcome.stderr).toContain(`  at ${folder.path}/apphost.ts:1:7`);
});
