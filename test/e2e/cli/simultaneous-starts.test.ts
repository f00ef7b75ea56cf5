import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";
import { appHost, server } from "../../fixtures/cli/services.ts";

let folder: AppFolder;
beforeEach(async () => {
  folder = await createAppFolder({
    "api.js": server,
    "apphost.ts": appHost('host.addNodeApp("api", "./api.js");'),
  });
});
afterEach(async () => {
  await endLeftDexts();
  await folder.remove();
});

test("of several dext run of one AppHost at the same moment exactly one goes on, on either runtime", async () => {
  const starts = ["node", "deno", "node", "deno"].map((runtime) =>
    startDext(["run", "--runtime", runtime], { folder }),
  );
  const isUp = (): boolean[] => starts.map((start) => start.stdout().includes("Everything is up"));
  const hasEnded = (): boolean[] => starts.map(({ child }) => child.exitCode !== null);
  await vi.waitFor(() => {
    expect(isUp().filter(Boolean)).toHaveLength(1);
    expect(hasEnded().filter(Boolean)).toHaveLength(starts.length - 1);
  }, 18_000);
  const winner = isUp().indexOf(true);
  const others = await Promise.all(starts.filter((_, index) => index !== winner).map(({ ended }) => ended));
  for (const { code, stderr } of others) {
    expect(code).toBe(3);
    // Whoever comes a moment later is told so before an AppHost is started at all.
    expect(stderr).toMatch(/^error DEXT_(?:RUN_ALREADY_RUNNING|CLI_ALREADY_RUNNING): /);
    expect(stderr).toMatch(/\nhint: Stop it (?:first: |with )dext stop --run \w{8}/);
  }
  const { resources } = JSON.parse((await dext(["ps", "--json"], { folder })).stdout);
  expect(resources).toMatchObject([{ name: "api", state: "Running" }]);
  starts[winner]?.signal("SIGTERM");
  expect(await starts[winner]?.ended).toMatchObject({ code: 0 });
  expect(await readdir(folder.runtimeDirectory)).toEqual([]);
});

test("of several bare AppHosts at the same moment exactly one goes on, and the next follows one that was killed", async () => {
  const starts = Array.from({ length: 3 }, () => startBare(folder));
  try {
    await vi.waitFor(() => expect(starts.filter((each) => each.isOver())).toHaveLength(2), 18_000);
    const winner = starts.find((each) => !each.isOver());
    for (const other of starts.filter((each) => each !== winner))
      expect(other.output()).toContain("error DEXT_RUN_ALREADY_RUNNING: ");
    await vi.waitFor(() => expect(winner?.output()).toContain("Everything is up"), 10_000);
    winner?.child.kill("SIGKILL");
    await winner?.exited;
    const next = startBare(folder);
    starts.push(next);
    await vi.waitFor(() => expect(next.output()).toContain("Everything is up"), 15_000);
    next.child.kill("SIGTERM");
    await next.exited;
    expect(next.child.exitCode).toBe(0);
    expect(await readdir(folder.runtimeDirectory)).toEqual([]);
  } finally {
    for (const { child } of starts) child.kill("SIGKILL");
    await Promise.all(starts.map(({ exited }) => exited));
  }
});

interface BareAppHost {
  child: ReturnType<typeof spawn>;
  exited: Promise<unknown>;
  isOver(): boolean;
  output(): string;
}

function startBare({ path, runtimeDirectory }: AppFolder): BareAppHost {
  const { NODE_OPTIONS, VITEST, ...environment } = process.env;
  void [NODE_OPTIONS, VITEST];
  const child = spawn(process.execPath, ["apphost.ts"], {
    cwd: path,
    env: {
      ...environment,
      DEXT_RUNTIME_DIRECTORY: runtimeDirectory,
      PATH: `${join(repository, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  return {
    child,
    exited: once(child, "close"),
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    output: () => output,
  };
}
