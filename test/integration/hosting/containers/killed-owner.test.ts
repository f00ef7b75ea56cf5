import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContainerEngine } from "../../../../hosting/src/containers/container-engine.ts";
import { docker, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";
import { baseImage } from "../../../fixtures/local-images.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";
import { requirement } from "../../../fixtures/requirement.ts";

const owner = fileURLToPath(new URL("../../../fixtures/containers/owner.ts", import.meta.url));
const condition = "--conditions=@dext/source";
const denoPath = findDeno();
const deno = requirement("deno", () => denoPath !== undefined);
const runtimes = [
  { runtime: "node", isThere: true, command: [process.execPath, condition, owner] },
  {
    runtime: `deno ${deno.reason}`.trim(),
    isThere: deno.available,
    command: [denoPath ?? "", "run", "-A", "--quiet", condition, owner],
  },
];

describe.skipIf(!docker.available)(
  `containers whose AppHost is killed ${docker.reason}`,
  { timeout: 60_000 },
  () => {
    let used: TestEngine;
    let engine: ContainerEngine;
    let image: string;

    beforeAll(async () => {
      used = await useDockerEngine();
      engine = used.engine;
      image = await baseImage(engine);
    }, 90_000);
    afterAll(() => used?.release());

    const leftOf = async (run: string): Promise<unknown[]> => {
      const query = { all: true, filters: { label: [`dev.dext.run=${run}`] } };
      return [
        ...(await engine.json<unknown[]>({ path: "/containers/json", query })),
        ...(await engine.json<unknown[]>({ path: "/networks", query })),
      ];
    };

    describe.each(runtimes)("on $runtime", ({ isThere, command: [program = "", ...args] }) => {
      // In the middle of making them: one request of several has been answered.
      test.skipIf(!isThere).each([
        { when: "ready", least: 4 },
        { when: "starting", least: 2 },
      ])("are removed with their network, killed when $when", async ({ when, least }) => {
        const run = `k${Math.random().toString(36).slice(2, 9)}`;
        const child = spawn(program, [...args, used.socketPath, image, run, when], {
          stdio: ["ignore", "pipe", "inherit"],
          detached: true,
        });
        const exited = once(child, "exit");
        try {
          const said = await Promise.race([once(child.stdout, "data"), exited.then(() => ["ended"])]);
          expect(String(said[0])).toContain("ready");
          await waitUntil(async () => (await leftOf(run)).length >= least, { what: () => "too few made" });
        } finally {
          child.kill("SIGKILL");
          await exited;
        }
        const killedAt = performance.now();
        let goneAt: number | undefined;
        // What a request in flight still makes comes within this time.
        await waitUntil(
          async () => {
            if ((await leftOf(run)).length > 0) goneAt = undefined;
            else goneAt ??= performance.now();
            return goneAt !== undefined && performance.now() - goneAt > 1500;
          },
          { timeout: 15_000, what: () => `still there after ${performance.now() - killedAt} ms` },
        );
      });
    });
  },
);

/** The program itself: the `deno` of the npm package is a wrapper that passes no signals on. */
function findDeno(): string | undefined {
  try {
    return execFileSync("deno", ["eval", "-p", "Deno.execPath()"], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
