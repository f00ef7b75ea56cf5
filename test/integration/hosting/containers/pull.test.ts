import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import type { ContainerEngine } from "../../../../hosting/src/containers/container-engine.ts";
import { findImage, pullImage, whyNotPullable } from "../../../../hosting/src/containers/images.ts";
import { startAppHost } from "../../../fixtures/apphost-process.ts";
import type { RunningAppHost } from "../../../fixtures/apphost-process.ts";
import { startImageRegistry } from "../../../fixtures/containers/image-registry.ts";
import type { ImageRegistry } from "../../../fixtures/containers/image-registry.ts";
import { docker, isPodman, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";

/** Everything that is waited for comes twenty times as fast. */
const hurriedClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 20,
  setTimer: (callback, { milliseconds, ...rest }) =>
    systemClock.setTimer(callback, { milliseconds: milliseconds / 20, ...rest }),
};

// Podman trusts a registry without TLS only by name and port, which are known too late.
describe.skipIf(!docker.available || isPodman)(
  `an image of a registry ${docker.reason}`,
  { timeout: 60_000 },
  () => {
    let used: TestEngine;
    let engine: ContainerEngine;
    let registry: ImageRegistry;
    let told: string[];

    beforeAll(async () => {
      used = await useDockerEngine();
      engine = used.engine;
    }, 90_000);
    afterAll(() => used?.release());
    beforeEach(async () => {
      registry = await startImageRegistry();
      told = [];
    });
    afterEach(async () => {
      await registry.close();
      await engine
        .json({ method: "DELETE", path: `/images/${registry.image}`, query: { force: true } })
        .catch(() => undefined);
    });

    const pull = (options: { image?: string; signal?: AbortSignal; clock?: Clock } = {}): Promise<void> => {
      const { image = registry.image, ...rest } = options;
      return pullImage(engine, image, {
        onProgress: (text) => told.push(text),
        clock: hurriedClock,
        ...rest,
      });
    };

    it("is pulled, with its progress told in layers and megabytes", async () => {
      registry.rate = registry.size / 2;
      await pull();
      expect(await findImage(engine, registry.image)).toBeDefined();
      expect(told[0]).toBe(`pulling ${registry.image}`);
      expect(told.at(-1)).toMatch(new RegExp(`^pulled ${registry.image} in .* s$`));
      // The small layer of 2 MB counts where the engine tells of its transfer, which may be over before it looks.
      const amounts = told
        .flatMap((text) => /\d of 2 layers, (\d) of [46] MB$/.exec(text)?.slice(1) ?? [])
        .map(Number);
      expect(amounts.length).toBeGreaterThan(3);
      expect(amounts).toEqual(amounts.toSorted((a, b) => a - b));
      expect(amounts.at(-1)).toBeGreaterThan(1);
    });

    it("that the registry does not have is told with the remedy", async () => {
      const image = `${registry.host}/store:9`;
      expect(await whyNotPullable(engine, image)).toContain("manifest unknown");
      await expect(pull({ image })).rejects.toMatchObject({
        code: "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
        message: expect.stringContaining("manifest unknown"),
        hint: "Check the image's name and tag for mistakes.",
      });
    });

    it("that asks for a login says where to log in", async () => {
      registry.login = "ann:secret";
      expect(await whyNotPullable(engine, registry.image)).toContain("auth");
      await expect(pull()).rejects.toMatchObject({
        code: "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
        hint: expect.stringContaining(`docker login ${registry.host}`),
      });
    });

    it("that asks for a login is pulled with what docker login has kept", async () => {
      const folder = await mkdtemp(join(tmpdir(), "dext-login-"));
      const before = process.env["DOCKER_CONFIG"];
      process.env["DOCKER_CONFIG"] = folder;
      try {
        registry.login = "ann:p:w d";
        const auth = Buffer.from(registry.login).toString("base64");
        await writeFile(
          join(folder, "config.json"),
          JSON.stringify({ auths: { [registry.host]: { auth } } }),
        );
        expect(await whyNotPullable(engine, registry.image)).toBeUndefined();
        await pull();
        expect(await findImage(engine, registry.image)).toBeDefined();
      } finally {
        if (before === undefined) delete process.env["DOCKER_CONFIG"];
        else process.env["DOCKER_CONFIG"] = before;
        await rm(folder, { recursive: true });
      }
    });

    it("whose layer is not what its digest says is refused", async () => {
      registry.fault = "changed";
      await expect(pull()).rejects.toMatchObject({
        code: "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
        message: expect.stringContaining("verification failed"),
        hint: expect.stringContaining("digest"),
      });
      expect(await findImage(engine, registry.image)).toBeUndefined();
    });

    it("whose registry fails in the middle tells that the engine tries again", async () => {
      registry.fault = "failing";
      const enough = new AbortController();
      const pulling = pull({ signal: enough.signal }).catch((error: unknown) => error);
      await waitFor(() => told.some((text) => /a layer failed: retrying in \d+ seconds?$/.test(text)));
      registry.fault = undefined;
      expect(await pulling).toBeUndefined();
    });

    it("that stalls is told again and again, ends with the signal, and goes on when the registry does", async () => {
      registry.fault = "stalled";
      const enough = new AbortController();
      const pulling = pull({ signal: enough.signal }).catch((error: unknown) => error);
      await waitFor(() => told.filter((text) => text.includes("nothing has come for")).length > 1);
      expect(told.at(-1)).toMatch(/1 of 2 layers, .* MB; nothing has come for \d+\.\d s$/);
      const reason = new Error("stopped");
      enough.abort(reason);
      expect(await pulling).toBe(reason);
      registry.release();
      await pull();
    });

    describe("in a run", () => {
      let app: RunningAppHost | undefined;
      afterEach(async () => {
        await app?.dispose();
        app = undefined;
      });

      it("is pulled once for all that wait for it, and keeps no process from starting", async () => {
        registry.fault = "stalled";
        // More than may start at one time.
        const count = Math.max(8, availableParallelism() * 4) + 1;
        app = await startAppHost(
          `for (let index = 0; index < ${count}; index += 1) host.addContainer("slow-" + index, "${registry.image}");
         host.addContainer("missing", "${registry.host}/missing:1");
         host.addExecutable("quick", "sleep", { args: ["300"] });`,
          { env: { DOCKER_HOST: `unix://${used.socketPath}` } },
        );
        await app.waitUntil("quick", ({ state }) => state === "Running");
        const missing = await app.waitUntil("missing", ({ state }) => state === "FailedToStart");
        expect(missing.reason).toContain("cannot be pulled");
        const names = Array.from({ length: count }, (_, index) => `slow-${index}`);
        const firstLines = async (): Promise<string[]> => {
          const logs = await Promise.all(names.map(async (name) => app?.logs(name)));
          return logs.map((lines) => lines?.[0]?.text ?? "").toSorted();
        };
        const waiting = Array.from({ length: count - 1 }, () => `waiting for the image ${registry.image}`);
        await expect.poll(firstLines).toEqual([`pulling ${registry.image}`, ...waiting]);
        expect((await app.resource("slow-0")).state).toBe("Starting");
        registry.release();
        await app.waitUntil("slow-0", ({ state }) => state === "Running");
        expect(registry.requests.filter((each) => each === "HEAD /v2/store/manifests/1")).toHaveLength(1);
        expect(await app.stop()).toBe(4);
      });

      it("that is still pulled is given up when the run is stopped", async () => {
        registry.fault = "stalled";
        app = await startAppHost(`host.addContainer("slow", "${registry.image}");`, {
          env: { DOCKER_HOST: `unix://${used.socketPath}` },
        });
        await waitFor(() => registry.transfers > 0);
        const begin = performance.now();
        expect(await app.stop()).toBe(0);
        expect(performance.now() - begin).toBeLessThan(5000);
        expect(await app.leftovers()).toEqual([]);
      });
    });
  },
);

async function waitFor(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 20 }).toBe(true);
}
