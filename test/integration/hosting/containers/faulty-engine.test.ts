import { writeFile, mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../../core/src/clock.ts";
import { buildImage } from "../../../../hosting/src/containers/build-image.ts";
import { connectEngine } from "../../../../hosting/src/containers/container-engine.ts";
import { ContainerEvents } from "../../../../hosting/src/containers/container-events.ts";
import { pullImage, whyNotPullable } from "../../../../hosting/src/containers/images.ts";
import { superviseContainer } from "../../../../hosting/src/containers/supervised-container.ts";
import {
  answer,
  garbage,
  reset,
  silence,
  startFaultyEngine,
} from "../../../fixtures/containers/faulty-engine.ts";
import type { FaultyEngine } from "../../../fixtures/containers/faulty-engine.ts";
import { MemorySink } from "../../../fixtures/containers/memory-sink.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

let faulty: FaultyEngine;
let folder: string;
beforeEach(async () => {
  faulty = await startFaultyEngine();
  folder = await mkdtemp(join(tmpdir(), "dext-faulty-"));
});
afterEach(async () => {
  await faulty.close();
  await rm(folder, { recursive: true, force: true });
});

const connect = (options: { timeout?: number; pingInterval?: number } = {}) =>
  connectEngine({ socketPath: faulty.socketPath, timeout: 300, pingInterval: 50, ...options });
const untilNoConnection = () =>
  waitUntil(() => faulty.connections === 0, { what: () => `${faulty.connections} connections` });

describe("an engine", () => {
  test.each([
    ["hangs", silence, "DEXT_CONTAINER_ENGINE_SILENT"],
    ["breaks connections off", reset, "DEXT_CONTAINER_ENGINE_BROKEN"],
    ["speaks no HTTP", garbage, "DEXT_CONTAINER_ENGINE_BROKEN"],
    ["answers with a failure", answer({ message: "boom" }, 500), "DEXT_CONTAINER_ENGINE_REFUSED"],
    ["is something else", answer({ hello: "world" }), "DEXT_CONTAINER_ENGINE_BROKEN"],
    [
      "answers with no JSON",
      (_: unknown, response: { end(text: string): void }) => response.end("<html>"),
      "DEXT_CONTAINER_ENGINE_BROKEN",
    ],
    ["is too old", answer({ ApiVersion: "1.24", Version: "1.12.6" }), "DEXT_CONTAINER_ENGINE_REFUSED"],
  ])("that %s is refused with a code and leaves no connection", async (_title, fault, code) => {
    faulty.faults.set("/version", fault);
    await expect(connect()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(faulty.socketPath),
    });
    await untilNoConnection();
  });

  test("that hangs in the middle of an answer is given up in time", async () => {
    const engine = await connect();
    faulty.faults.set("/info", (_request, response) => {
      response.writeHead(200);
      response.write('{"Name":');
    });
    await expect(engine.json({ path: "/info" })).rejects.toMatchObject({
      code: "DEXT_CONTAINER_ENGINE_SILENT",
    });
    await untilNoConnection();
  });

  test("that breaks off in the middle of an answer is told as broken", async () => {
    const engine = await connect();
    faulty.faults.set("/info", (_request, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write('{"Name":', () => response.destroy());
    });
    await expect(engine.json({ path: "/info" })).rejects.toMatchObject({
      code: "DEXT_CONTAINER_ENGINE_BROKEN",
    });
  });

  test("keeps no connection of a call that was aborted, before or in its answer", async () => {
    const engine = await connect({ timeout: 60_000 });
    const reason = new Error("enough");
    faulty.faults.set("/silent", silence);
    faulty.faults.set("/slow", (_request, response) => void response.write("{}\n"));
    const first = new AbortController();
    const waiting = engine.json({ path: "/silent", signal: first.signal });
    await waitUntil(() => faulty.connections > 0, { what: () => "no connection" });
    first.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const second = new AbortController();
    const response = await engine.open({ path: "/slow", signal: second.signal });
    second.abort(reason);
    await expect(response.toArray()).rejects.toBe(reason);
    await untilNoConnection();
  });

  test("that hangs during a long pull is given up when it answers no ping", async () => {
    const engine = await connect();
    let pings = 0;
    faulty.faults.set("/_ping", (request, response) => {
      pings += 1;
      if (pings < 3) answer("OK")(request, response);
    });
    faulty.faults.set("/images/create", (_request, response) => {
      response.write('{"status":"Pulling fs layer","id":"abc"}\n');
    });
    await expect(pullImage(engine, "store:1")).rejects.toMatchObject({
      code: "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
      message: expect.stringContaining("has not answered GET /_ping within 300 ms"),
    });
    expect(pings).toBe(3);
    await untilNoConnection();
  });

  test("that takes long but answers pings is waited for", async () => {
    const engine = await connect();
    faulty.faults.set("/images/create", (_request, response) => {
      setTimeout(() => response.end('{"status":"Pull complete","id":"abc"}\n'), 700);
    });
    faulty.faults.set("/images/store:1/json", answer({ Id: "sha256:1" }));
    const told: string[] = [];
    await pullImage(engine, "store:1", { onProgress: (text) => told.push(text) });
    expect(told.at(-1)).toMatch(/^pulled store:1 in /);
  });

  test.each([
    [
      "the registry's words",
      '{"errorDetail":{"message":"manifest for store:9 not found: manifest unknown"},"error":"x"}',
      /manifest unknown/,
      "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
      /name and tag/,
    ],
    [
      "a refused login",
      '{"error":"pull access denied for store, repository does not exist or may require docker login: denied"}',
      /denied/,
      "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
      /docker login docker.io/,
    ],
    [
      "a full disk",
      '{"error":"write /var/lib/docker/tmp/x: no space left on device"}',
      /no space left/,
      "DEXT_CONTAINER_NO_SPACE",
      /prune/,
    ],
    [
      "an answer that is cut off",
      '{"status":"Downloa',
      /ended before/,
      "DEXT_CONTAINER_IMAGE_UNAVAILABLE",
      /./,
    ],
  ])("whose pull fails tells %s", async (_title, text, message, code, hint) => {
    const engine = await connect();
    faulty.faults.set("/images/create", (_request, response) => response.end(`${text}\n`));
    faulty.faults.set("*", answer({ message: "No such image" }, 404));
    await expect(pullImage(engine, "store:9")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test("that refuses a build before it has read the context tells why", async () => {
    const engine = await connect();
    await writeFile(join(folder, "Dockerfile"), "FROM x");
    await writeFile(join(folder, "large"), Buffer.alloc(8_000_000, "x"));
    // As Go does: it answers, and closes the connection only after a while.
    faulty.faults.set("/build", ({ socket }) => {
      const text = '{"message":"dockerfile parse error line 1: unknown instruction: FRM"}';
      socket.write(
        `HTTP/1.1 500 Error\r\nConnection: close\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      );
      setTimeout(() => socket.destroy(), 500);
    });
    await expect(buildImage(engine, { resource: "web", context: folder, tag: "web" })).rejects.toMatchObject({
      code: "DEXT_CONTAINER_BUILD_FAILED",
      message: expect.stringContaining("unknown instruction"),
    });
  });

  test("says no more than what is known of a registry that hangs", async () => {
    const engine = await connect();
    faulty.faults.set(
      "/distribution/store:1/json",
      answer({ message: "Get https://registry: timeout" }, 500),
    );
    expect(await whyNotPullable(engine, "store:1")).toBe("Get https://registry: timeout");
    faulty.faults.set("/distribution/store:1/json", answer({ Descriptor: {} }));
    expect(await whyNotPullable(engine, "store:1")).toBeUndefined();
  });

  test("that hangs while a container is stopped is told, and the stop comes to its end", async () => {
    const engine = await connect();
    const details = {
      Id: "c1",
      Name: "/c1",
      Config: {},
      State: { Status: "running", Running: true, ExitCode: 0 },
    };
    faulty.faults.set("/containers/c1/json", answer(details));
    faulty.faults.set("*", silence);
    const events = new ContainerEvents({ engine, app: "app", clock: systemClock });
    const container = superviseContainer({ engine, details, ports: [], sink: new MemorySink(), events });
    faulty.faults.set("/_ping", silence);
    expect(await container.stop({ timeout: 50 })).toMatchObject({
      isForced: true,
      failure: { code: "DEXT_CONTAINER_ENGINE_SILENT" },
    });
    await events.close();
    await untilNoConnection();
  });

  test("that is started again is asked for events and output again", async () => {
    const engine = await connect();
    const details = {
      Id: "c1",
      Name: "/c1",
      Config: {},
      State: { Status: "running", Running: true, ExitCode: 0 },
    };
    faulty.faults.set("/containers/c1/json", (request, response) => answer(details)(request, response));
    const streams = new Map<string, ServerResponse>();
    for (const path of ["/events", "/containers/c1/logs"]) {
      let isFirst = true;
      faulty.faults.set(path, (request, response) => {
        if (isFirst) request.socket.destroy();
        else streams.set(path, response);
        response.flushHeaders();
        isFirst = false;
      });
    }
    const events = new ContainerEvents({ engine, app: "app", clock: systemClock });
    const sink = new MemorySink();
    const container = superviseContainer({ engine, details, ports: [], sink, events });
    await waitUntil(() => streams.size === 2, { what: () => `only ${[...streams.keys()].join()}` });
    details.State = { Status: "exited", Running: false, ExitCode: 9 };
    streams.get("/containers/c1/logs")?.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]));
    streams.get("/events")?.write('{"Actor":{"ID":"c1"}}\n');
    expect(await container.exited).toEqual({ exitCode: 9 });
    expect(sink.stdout).toBe("hi");
    await events.close();
  });

  test("that is started again gives the output from where it broke off, once, whatever the clock says", async () => {
    const engine = await connect();
    const details = {
      Id: "c1",
      Name: "/c1",
      Config: {},
      State: { Status: "running", Running: true, ExitCode: 0 },
    };
    faulty.faults.set("/containers/c1/json", (request, response) => answer(details)(request, response));
    faulty.faults.set("/events", (_request, response) => response.flushHeaders());
    const all = [frame(1, "one\n"), frame(2, "oops\n"), frame(1, "two\n"), frame(1, "three\n")];
    const queries: string[] = [];
    faulty.faults.set("/containers/c1/logs", (request, response) => {
      queries.push(request.url ?? "");
      const count = [2, 3, 4][queries.length - 1] ?? 0;
      // The second time the container ends meanwhile, so the rest is asked for without waiting for more.
      if (count === 3) details.State = { Status: "exited", Running: false, ExitCode: 0 };
      response.writeHead(200, { "Content-Length": "1000" });
      response.write(Buffer.concat(all.slice(0, count)), () => {
        if (count < 4) request.socket.destroy();
      });
      if (count === 4) setTimeout(() => request.socket.destroy(), 50);
    });
    let time = 1_000_000;
    const clock = { ...systemClock, now: () => (time -= 100_000) };
    const events = new ContainerEvents({ engine, app: "app", clock });
    const sink = new MemorySink();
    const container = superviseContainer({ engine, details, ports: [], sink, events, clock });
    expect(await container.exited).toEqual({ exitCode: 0 });
    await waitUntil(() => sink.ended.size === 2, { what: () => "not read" });
    expect(sink.stdout).toBe("one\ntwo\nthree\n");
    expect(sink.stderr).toBe("oops\n");
    expect(queries.map((query) => /follow=\w+/.exec(query)?.[0])).toEqual([
      "follow=true",
      "follow=true",
      "follow=false",
    ]);
    expect(queries.join("")).not.toContain("since");
    await events.close();
  });
});

function frame(stream: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
}
