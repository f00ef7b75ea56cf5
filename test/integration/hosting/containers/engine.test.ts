import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ContainerEvents } from "../../../../hosting/src/containers/container-events.ts";
import type { ContainerEngine } from "../../../../hosting/src/containers/container-engine.ts";
import type { ContainerRequestOptions } from "../../../../hosting/src/containers/container-request.ts";
import { inspectContainer } from "../../../../hosting/src/containers/container-state.ts";
import { findEngine } from "../../../../hosting/src/containers/find-engine.ts";
import { findImage, pullImage, whyNotPullable } from "../../../../hosting/src/containers/images.ts";
import { ensureNetwork, removeNetwork } from "../../../../hosting/src/containers/run-network.ts";
import { startContainer } from "../../../../hosting/src/containers/start-container.ts";
import { systemClock } from "../../../../core/src/clock.ts";
import { MemorySink } from "../../../fixtures/containers/memory-sink.ts";
import { docker, isPodman, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";
import { baseImage } from "../../../fixtures/local-images.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const network = `dext-test-${process.pid}`;

describe.skipIf(!docker.available)(
  `a container of a real engine ${docker.reason}`,
  { timeout: 60_000 },
  () => {
    let used: TestEngine;
    let engine: ContainerEngine;
    let events: ContainerEvents;
    let image: string;
    let folder: string;
    let count = 0;

    beforeAll(async () => {
      used = await useDockerEngine();
      engine = used.engine;
      image = await baseImage(engine);
      folder = await mkdtemp(join(tmpdir(), "dext-containers-"));
      await ensureNetwork(engine, { name: network, labels: {} });
      events = new ContainerEvents({ engine, app: network, clock: systemClock });
    }, 90_000);

    afterAll(async () => {
      if (used === undefined) return;
      await events.close();
      await removeNetwork(engine, network);
      await rm(folder, { recursive: true, force: true });
      await used.release();
    });

    const begin = async (
      args: readonly string[],
      {
        request = {},
        signal = new AbortController().signal,
      }: { request?: Partial<ContainerRequestOptions>; signal?: AbortSignal } = {},
    ) => {
      const sink = new MemorySink();
      count += 1;
      const container = await startContainer({
        engine,
        resource: "thing",
        name: `${network}-${count}`,
        request: {
          image,
          entrypoint: ["/bin/sh", "-c"],
          args,
          environment: {},
          ports: [],
          mounts: [],
          volumeLabels: {},
          labels: { "dev.dext.app": network },
          network,
          aliases: ["thing"],
          hosts: {},
          ...request,
        },
        sink,
        events,
        isLocal: true,
        signal,
      });
      return { container, sink };
    };

    test("is found through DOCKER_HOST and tells its version", async () => {
      const { engine: found, attempts } = await findEngine({
        environment: { DOCKER_HOST: `unix://${used.socketPath}` },
      });
      expect(attempts).toEqual([]);
      expect(found).toMatchObject({ name: engine.name, socketPath: used.socketPath });
      expect(found?.version).toMatch(/^\d+\.\d+\.\d+$/);
    });

    test("gives its output by stream, its exit code, and is removed when it is stopped", async () => {
      const { container, sink } = await begin(["echo out; echo err >&2; printf 'no line end'; exit 7"]);
      expect(await container.exited).toEqual({ exitCode: 7 });
      expect(await container.stop({ timeout: 1000 })).toEqual({ exitCode: 7, isForced: false });
      expect(sink.stdout).toBe("out\nno line end");
      expect(sink.stderr).toBe("err\n");
      expect(sink.ended).toEqual(new Set(["stdout", "stderr"]));
      expect(await inspectContainer(engine, container.id)).toBeUndefined();
    });

    // Podman 4.3 skips lines in the middle when it follows a log that grows fast; read afterwards they are there.
    test.skipIf(isPodman)("gives every line of a flood, in order", async () => {
      const { container, sink } = await begin([
        "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done",
      ]);
      expect(await container.exited).toEqual({ exitCode: 0 });
      await container.stop({ timeout: 1000 });
      expect(sink.stdout).toBe(Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join(""));
    });

    test("is asked to end by SIGTERM", async () => {
      const { container, sink } = await begin([
        "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
      ]);
      await waitUntil(() => sink.stdout.includes("ready"), { what: () => sink.stdout });
      expect(await container.stop({ timeout: 5000 })).toEqual({ exitCode: 3, isForced: false });
      expect(sink.stdout).toBe("ready\nbye\n");
    });

    test("is killed when it does not end in time, and at once by a second request", async () => {
      const first = await begin(["trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
      const second = await begin(["trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
      for (const { sink } of [first, second]) {
        await waitUntil(() => sink.stdout.includes("ready"), { what: () => sink.stdout });
      }
      expect(await first.container.stop({ timeout: 200 })).toEqual({ exitCode: 137, isForced: true });
      const stopping = second.container.stop({ timeout: 60_000 });
      await second.container.kill();
      expect(await stopping).toEqual({ exitCode: 137, isForced: true });
    });

    test("says so when somebody else removes it", async () => {
      const { container } = await begin(["sleep 100"]);
      await engine.json({ method: "DELETE", path: `/containers/${container.id}`, query: { force: true } });
      const exit = await container.exited;
      expect([undefined, 137]).toContain(exit.exitCode);
      expect(await container.stop({ timeout: 100 })).toMatchObject({ isForced: false });
    });

    test("runs a command inside and tells what it uses", async () => {
      const { container } = await begin(["while :; do :; done"]);
      try {
        const result = await container.exec(["/bin/sh", "-c", "echo in; echo oops >&2; exit 5"]);
        expect(result).toEqual({ exitCode: 5, stdout: "in\n", stderr: "oops\n" });
        await container.usage();
        await waitUntil(async () => ((await container.usage())?.cpu ?? 0) > 0.1, {
          what: () => "no use of the processor",
        });
        expect((await container.usage())?.memory).toBeGreaterThan(10_000);
      } finally {
        await container.kill();
      }
      expect(await container.usage()).toBeUndefined();
    });

    // Podman leaves the checks to timers of systemd, which a machine of tests need not have.
    test.skipIf(isPodman)("follows the health check of an image", async () => {
      const { container } = await begin(["sleep 0.3; touch /tmp/good; sleep 100"], {
        request: { image: await withHealthCheck(engine, image) },
      });
      const seen: string[] = [];
      container.onHealth(({ status }) => seen.push(status));
      try {
        await waitUntil(() => container.health.status === "healthy", {
          what: () => container.health.status,
          timeout: 20_000,
        });
      } finally {
        await container.kill();
      }
      expect(seen.at(-1)).toBe("healthy");
    });

    test("that cannot be started says why in the engine's words, and leaves nothing", async () => {
      await expect(begin([], { request: { entrypoint: ["/bin/nothing"] } })).rejects.toMatchObject({
        code: "DEXT_CONTAINER_START_FAILED",
        message: expect.stringContaining("/bin/nothing"),
        hint: expect.stringContaining("entrypoint"),
      });
      expect(await inspectContainer(engine, `${network}-${count}`)).toBeUndefined();
    });

    test("whose port is taken names the port, and leaves nothing", async () => {
      const first = await begin(["sleep 100"], {
        request: { ports: [{ endpoint: "tcp", target: 80, host: 24_999 }] },
      });
      try {
        await expect(
          begin(["sleep 100"], { request: { ports: [{ endpoint: "tcp", target: 80, host: 24_999 }] } }),
        ).rejects.toMatchObject({
          code: "DEXT_CONTAINER_PORT_TAKEN",
          details: expect.objectContaining({ port: 24_999 }),
        });
        expect(await inspectContainer(engine, `${network}-${count}`)).toBeUndefined();
      } finally {
        await first.container.kill();
      }
    });

    test("refuses a bind mount that is not there before anything is made", async () => {
      await expect(
        begin(["sleep 1"], {
          request: {
            mounts: [{ type: "bind", source: join(folder, "nothing"), target: "/x", readOnly: true }],
          },
        }),
      ).rejects.toMatchObject({ code: "DEXT_CONTAINER_MOUNT_MISSING" });
    });

    test("aborted while it starts is removed", async () => {
      const controller = new AbortController();
      const reason = new Error("stopped");
      const starting = begin(["sleep 100"], { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 30);
      await expect(starting).rejects.toBe(reason);
      expect(await inspectContainer(engine, `${network}-${count}`)).toBeUndefined();
    });

    test("of an image that no registry gives fails with the image, the words of the engine and a remedy", async () => {
      const name = "registry.invalid/acme/store:2";
      expect(await findImage(engine, name)).toBeUndefined();
      const told: string[] = [];
      const error = await pullImage(engine, name, { onProgress: (text) => told.push(text) }).catch(
        (each: unknown) => each,
      );
      expect(error).toMatchObject({
        code: "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
        message: expect.stringMatching(
          new RegExp(String.raw`registry\.invalid/acme/store:2 .* ${engine.name}: .*registry\.invalid`),
        ),
        hint: expect.stringContaining("network"),
      });
      expect(told).toEqual([`pulling ${name}`]);
      // Podman does not offer the question.
      const reason = isPodman ? name : await whyNotPullable(engine, name);
      expect(reason).toContain("registry.invalid");
    });

    test("an aborted pull rejects with the reason", async () => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const pulling = pullImage(engine, "registry.invalid/acme/slow:1", { signal: controller.signal });
      controller.abort(reason);
      await expect(pulling).rejects.toBe(reason);
    });
  },
);

async function withHealthCheck(engine: ContainerEngine, image: string): Promise<string> {
  const { Id } = await engine.json<{ Id: string }>({
    method: "POST",
    path: "/containers/create",
    json: {
      Image: image,
      Cmd: ["/bin/sh"],
      Healthcheck: {
        Test: ["CMD", "/bin/cat", "/tmp/good"],
        Interval: 200_000_000,
        Retries: 2,
        StartPeriod: 100_000_000,
      },
    },
  });
  await engine.json({
    method: "POST",
    path: "/commit",
    query: { container: Id, repo: "dext-test/healthy", tag: "1" },
    json: {},
  });
  await engine.json({ method: "DELETE", path: `/containers/${Id}` });
  return "dext-test/healthy:1";
}
