import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nearestManifest, wantsTelemetry } from "../../../../service/src/telemetry/preload/program.ts";
import type { RunningProgram } from "../../../../service/src/telemetry/preload/program.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-program-"));
});
afterAll(() => rm(folder, { recursive: true }));

function program(changes: Partial<RunningProgram> = {}): RunningProgram {
  return {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" },
    argv: ["/usr/bin/node", join(folder, "main.js")],
    execArgv: [],
    versions: { node: "24.21.0" },
    isMainThread: () => true,
    ...changes,
  };
}

describe("telemetry", () => {
  it("is wanted by a program with an endpoint, also without a script", () => {
    expect(wantsTelemetry(program())).toBe(true);
    expect(wantsTelemetry(program({ argv: ["/usr/bin/node"] }))).toBe(true);
  });

  it.each([
    ["without an endpoint", { environment: {} }],
    ["with an empty endpoint", { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "" } }],
    [
      "where it is switched off",
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://x", OTEL_SDK_DISABLED: "TRUE" } },
    ],
    ["in a worker thread", { isMainThread: () => false }],
    ["on Node 20", { versions: { node: "20.20.2" } }],
    ["on Node 22.14", { versions: { node: "22.14.0" } }],
    ["on Bun", { versions: { node: "24.3.0", bun: "1.3.0" } }],
    ["on a Deno that does not export", { versions: { node: "24.2.0", deno: "2.9.6" } }],
    ["in the process that watches for node --watch", { execArgv: ["--watch"] }],
    ["in the process that watches for node --watch-path", { execArgv: ["--watch-path=src"] }],
  ] satisfies [string, Partial<RunningProgram>][])("is not wanted %s", (_title, changes) => {
    expect(wantsTelemetry(program(changes))).toBe(false);
  });

  it.each([
    ["with a console exporter", { environment: { OTEL_LOGS_EXPORTER: "console" } }],
    ["with an endpoint for one kind", { environment: { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://x" } }],
    ["on Node 22.18", { versions: { node: "22.18.0" } }],
    [
      "on a Deno that exports",
      {
        versions: { node: "24.2.0", deno: "2.9.6" },
        environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://x", OTEL_DENO: "true" },
      },
    ],
    [
      "in the process that node --watch starts",
      {
        execArgv: ["--watch"],
        environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://x", WATCH_REPORT_DEPENDENCIES: "1" },
      },
    ],
  ] satisfies [string, Partial<RunningProgram>][])("is wanted %s", (_title, changes) => {
    expect(wantsTelemetry(program(changes))).toBe(true);
  });

  it.each([
    "/usr/lib/node_modules/npm/bin/npm-cli.js",
    "/usr/lib/node_modules/npm/bin/npx-cli.js",
    "/root/.cache/node/corepack/v1/pnpm/10.1.0/bin/pnpm.cjs",
    "/app/.yarn/releases/yarn-4.9.1.cjs",
    "/usr/share/yarn/bin/yarn.js",
    "/app/node_modules/.bin/tsc",
    "/app/node_modules/typescript/bin/tsc",
    "/app/node_modules/.bin/tsx",
    "/app/node_modules/tsx/dist/cli.mjs",
    "/app/node_modules/nodemon/bin/nodemon.js",
    "/app/node_modules/.pnpm/concurrently@9/node_modules/concurrently/dist/bin/concurrently.js",
    "/app/node_modules/@dotenvx/dotenvx/src/cli/dotenvx.js",
  ])("is not wanted in %s", (script) => {
    expect(wantsTelemetry(program({ argv: ["node", script] }))).toBe(false);
  });

  it.each([
    "/app/node_modules/.bin/vite",
    "/app/node_modules/next/dist/bin/next",
    "/srv/tools/nx.js",
    "/srv/my-npm/main.js",
    "/app/eslint/server.js",
  ])("is wanted in %s", (script) => {
    expect(wantsTelemetry(program({ argv: ["node", script] }))).toBe(true);
  });

  it.each([
    "@opentelemetry/sdk-node",
    "@opentelemetry/auto-instrumentations-node",
    "dd-trace",
    "@sentry/node",
  ])("leaves a program alone that depends on %s", async (name) => {
    const own = join(folder, name.replaceAll("/", "-"), "src");
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "..", "package.json"), JSON.stringify({ dependencies: { [name]: "*" } }));
    expect(wantsTelemetry(program({ argv: ["node", join(own, "main.js")] }))).toBe(false);
  });

  it("is wanted by a program that depends on the API alone, or whose manifest cannot be read", async () => {
    const own = join(folder, "api-only");
    await mkdir(own);
    const argv = ["node", join(own, "main.js")];
    await writeFile(
      join(own, "package.json"),
      JSON.stringify({ dependencies: { "@opentelemetry/api": "*" } }),
    );
    expect(wantsTelemetry(program({ argv }))).toBe(true);
    expect(nearestManifest(argv[1])).toHaveProperty("dependencies");
    await writeFile(join(own, "package.json"), "{ this is no JSON");
    expect(wantsTelemetry(program({ argv }))).toBe(true);
  });
});
