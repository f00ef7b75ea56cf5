import { readdir, readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ContainerEngine } from "../../../hosting/src/containers/container-engine.ts";
import { markedProcesses, startAppHost } from "../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../fixtures/apphost-process.ts";
import { dext } from "../../fixtures/cli/dext-process.ts";
import type { DextOutcome } from "../../fixtures/cli/dext-process.ts";
import { docker, useDockerEngine } from "../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../fixtures/docker-engine.ts";
import { baseImage } from "../../fixtures/local-images.ts";

describe.skipIf(!docker.available)(
  `what a run has left whose AppHost and guardian were killed together ${docker.reason}`,
  { timeout: 60_000 },
  () => {
    let used: TestEngine;
    let engine: ContainerEngine;
    let body: string;
    let dead: RunningAppHost;
    let living: RunningAppHost;

    beforeAll(async () => {
      used = await useDockerEngine({ alone: true });
      engine = used.engine;
      const image = await baseImage(engine);
      body = `
        host.addContainer("box", "${image}", { entrypoint: ["/bin/sh", "-c"], args: ["trap 'exit 0' TERM; while :; do sleep 0.1; done"] });
        host.addExecutable("idle", "sleep", { args: ["300"] });`;
    }, 300_000);
    afterAll(() => used?.release());

    beforeEach(async () => {
      const env = { DOCKER_HOST: `unix://${used.socketPath}` };
      dead = await startAppHost(body, { env });
      living = await startAppHost(body, { env });
      for (const app of [dead, living]) {
        await app.waitUntil("box", ({ state }) => state === "Running");
        await app.waitUntil("idle", ({ state }) => state === "Running");
      }
      await killWithGuardian(dead);
    });
    afterEach(async () => {
      await Promise.all([dead?.dispose(), living?.dispose()]);
    });

    const command = (...args: string[]): Promise<DextOutcome> =>
      dext(args, {
        folder: { path: dead.folder, runtimeDirectory: dead.runtimeDirectory },
        env: { DOCKER_HOST: `unix://${used.socketPath}` },
      });
    const inEngine = async ({ runId }: RunningAppHost): Promise<string[]> => {
      const query = { all: true, filters: { label: [`dev.dext.run=${runId}`] } };
      const containers = await engine.json<{ Names: string[] }[]>({ path: "/containers/json", query });
      const networks = await engine.json<{ Name: string }[]>({ path: "/networks", query });
      return [
        ...networks.map(({ Name }) => Name),
        ...containers.map(({ Names }) => Names[0]?.slice(1) ?? ""),
      ];
    };
    const expectLeft = async (): Promise<void> => {
      expect(await inEngine(dead)).toEqual([`dext-${dead.runId}`, `dext-${dead.runId}-box`]);
      expect(await markedProcesses(dead.runId)).toHaveLength(1);
    };
    const expectGone = async (): Promise<void> => {
      expect(await inEngine(dead)).toEqual([]);
      expect(await markedProcesses(dead.runId)).toEqual([]);
      expect(await inEngine(living)).toHaveLength(2);
      expect((await living.resource("box")).state).toBe("Running");
    };

    test("is listed by dext doctor, which removes it when it is asked to", async () => {
      await expectLeft();
      const seen = await command("doctor");
      const left = seen.stdout.split("\n").filter((line) => line.includes("left by a dead run"));
      expect(left.join("\n")).toMatch(/process \d+ \(sleep/);
      expect(left).toContain(`  left by a dead run container dext-${dead.runId}-box`);
      expect(left).toContain(`  left by a dead run network dext-${dead.runId}`);
      expect(seen.stdout).not.toContain(living.runId);
      expect(seen.stdout).toContain(`answers at ${used.socketPath}, found by DOCKER_HOST`);
      const cleaned = JSON.parse((await command("doctor", "--clean", "--json")).stdout);
      expect(cleaned).toMatchObject({
        version: 1,
        engine: { found: true, by: "DOCKER_HOST", socket: used.socketPath },
        runs: {
          cleaned: true,
          processes: [{ name: expect.stringContaining("sleep") }],
          containers: [
            {
              run: dead.runId,
              containers: [`dext-${dead.runId}-box`],
              networks: [`dext-${dead.runId}`],
              volumes: [],
            },
          ],
        },
      });
      await expectGone();
      const after = JSON.parse((await command("doctor", "--json")).stdout);
      expect(after.runs).toMatchObject({ stale: [], processes: [], containers: [] });
    });

    test("is removed by dext stop, after which there is nothing to stop", async () => {
      await expectLeft();
      const stopped = await command("stop");
      expect(stopped).toMatchObject({ code: 0, stderr: "" });
      expect(stopped.stdout).toMatch(/^Removed what a dead run had left: process \d+ \(sleep/m);
      expect(stopped.stdout).toContain(
        `Removed what a dead run had left: container dext-${dead.runId}-box\nRemoved what a dead run had left: network dext-${dead.runId}\n`,
      );
      await expectGone();
      const again = await command("stop");
      expect(again.code).not.toBe(0);
      expect(again.stderr).toContain("DEXT_CLI_RUN_NOT_FOUND");
      expect(JSON.parse((await command("stop", "--all", "--json")).stdout)).toEqual({
        version: 1,
        runs: [],
        stopped: true,
        removed: [],
      });
    });
  },
);

/** The AppHost stands still meanwhile, or it would start another guardian. */
async function killWithGuardian({ child }: RunningAppHost): Promise<void> {
  const pid = child.pid ?? 0;
  child.kill("SIGSTOP");
  for (const other of await childrenOf(pid)) {
    if ((await argumentsOf(other)).includes("dext-guardian")) process.kill(other, "SIGKILL");
  }
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      return Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
    }),
  );
  return pids.filter((_, index) => parents[index] === parent).map(Number);
}

async function argumentsOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
}
