import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DextError } from "@dext/core";
import { connectRun, decodeFrame, serveControl } from "@dext/hosting/control";
import type { ControlServer } from "@dext/hosting/control";
import type { LogLine, LogQuery, RunClient } from "@dext/protocol";
import { encodeLine } from "../../../../hosting/src/control/log-frames.ts";
import { collect } from "../../../fixtures/control/collect.ts";
import { createInMemoryRun, infoOf } from "../../../fixtures/control/in-memory-run.ts";
import type { InMemoryRun } from "../../../fixtures/control/in-memory-run.ts";

let folder = "";
let socketPath = "";
let run: InMemoryRun;
let server: ControlServer;
let client: RunClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-sc-"));
  socketPath = join(folder, "run.sock");
  run = createInMemoryRun({ info: infoOf("abcd1234", folder) });
  server = await serveControl({ socketPath, run });
  client = connectRun({ socketPath });
});
afterEach(async () => {
  await server.close({ grace: 0 });
  await rm(folder, { recursive: true, force: true });
});

describe("the control API", () => {
  test("listens where only this user can connect, and removes its socket", async () => {
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    await server.close();
    await expect(stat(socketPath)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("answers what the run answers", async () => {
    expect(await client.info()).toEqual(await run.info());
    expect(await client.snapshot()).toEqual(await run.snapshot());
  });

  test("passes a stop with its options", async () => {
    await client.stop();
    await client.stop({ force: true, reason: "Ctrl-C" });
    expect(run.stops).toEqual([{}, { force: true, reason: "Ctrl-C" }]);
  });

  test("passes a command with its resource and replica", async () => {
    await client.command("api", { command: "restart" });
    await client.command("api", { command: "seed", replica: 1 });
    expect(run.commands).toEqual([
      { resource: "api", command: "restart" },
      { resource: "api", command: "seed", replica: 1 },
    ]);
  });

  test("passes an error of the run with its code, hint and details", async () => {
    await expect(client.describe()).rejects.toMatchObject({
      name: "DextError",
      code: "DEXT_MODEL_GHOST",
      message: 'The model names "ghost", which is not there',
      hint: "Add it.",
      details: { name: "ghost" },
    });
    expect((await raw({ path: "/v1/describe" })).status).toBe(409);
  });

  test("answers an error that is none of ours as internal", async () => {
    run.info = () => Promise.reject(new TypeError("x is not a function"));
    expect(await raw({ path: "/v1/info" })).toMatchObject({
      status: 500,
      body: { error: { code: "DEXT_INTERNAL", message: "x is not a function" } },
    });
  });

  test.each([
    ["GET", "/v1/nothing", "", 404, "DEXT_CONTROL_ROUTE_UNKNOWN"],
    ["GET", "/", "", 404, "DEXT_CONTROL_ROUTE_UNKNOWN"],
    ["POST", "/v1/info", "", 405, "DEXT_CONTROL_METHOD_NOT_ALLOWED"],
    ["GET", "/v1/stop", "", 405, "DEXT_CONTROL_METHOD_NOT_ALLOWED"],
    ["GET", "/v1/events?after=x", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["GET", "/v1/events?before=1", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["GET", "/v1/logs?tail=-1", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["GET", "/v1/logs?follow=yes", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/stop", "{", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/stop", "[]", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/stop", '{"force":"yes"}', 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/stop", '{"forced":true}', 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/command", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/command", '{"resource":"api"}', 400, "DEXT_CONTROL_REQUEST_INVALID"],
    [
      "POST",
      "/v1/command",
      '{"resource":"api","command":"stop","replica":-1}',
      400,
      "DEXT_CONTROL_REQUEST_INVALID",
    ],
    ["GET", "/v1/logs?level=loud", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["GET", "/v1/logs?since=yesterday", "", 400, "DEXT_CONTROL_REQUEST_INVALID"],
    ["POST", "/v1/stop", `"${"x".repeat(70_000)}"`, 413, "DEXT_CONTROL_REQUEST_TOO_LARGE"],
    ["GET", "/v2/info", "", 400, "DEXT_CONTROL_VERSION_UNSUPPORTED"],
  ])("refuses %s %s %.20s with %i %s", async (method, path, body, status, code) => {
    expect(await raw({ method, path, body })).toMatchObject({ status, body: { error: { code } } });
    expect([run.stops, run.commands]).toEqual([[], []]);
  });

  test("refuses a client of another version, and a client refuses a run of another version", async () => {
    expect(await raw({ path: "/v1/info", headers: { "dext-version": "2" } })).toMatchObject({
      status: 400,
      version: "1",
      body: { error: { code: "DEXT_CONTROL_VERSION_UNSUPPORTED" } },
    });
    const other = await serveOther("other.sock", { "dext-version": "2" });
    await expect(connectRun({ socketPath: other.path }).info()).rejects.toMatchObject({
      code: "DEXT_CONTROL_VERSION_UNSUPPORTED",
      message: expect.stringContaining('speaks version "2"'),
    });
    other.close();
  });

  test("is not mistaken for another server on the socket", async () => {
    const other = await serveOther("other.sock", {});
    await expect(connectRun({ socketPath: other.path }).info()).rejects.toMatchObject({
      code: "DEXT_CONTROL_ANSWER_INVALID",
    });
    other.close();
  });

  test("asks for its token when it has one", async () => {
    const path = join(folder, "token.sock");
    const guarded = await serveControl({ socketPath: path, run, token: "s3cret" });
    await expect(connectRun({ socketPath: path }).info()).rejects.toMatchObject({
      code: "DEXT_CONTROL_UNAUTHORIZED",
    });
    await expect(connectRun({ socketPath: path, token: "wrong!" }).info()).rejects.toMatchObject({
      code: "DEXT_CONTROL_UNAUTHORIZED",
    });
    await expect(connectRun({ socketPath: path, token: "s3cret" }).info()).resolves.toBeDefined();
    await guarded.close();
  });

  test("takes over the socket that a dead run has left, and not one that answers", async () => {
    await expect(serveControl({ socketPath, run })).rejects.toMatchObject({
      code: "DEXT_CONTROL_SOCKET_TAKEN",
    });
    await writeFile(join(folder, "dead.sock"), "");
    const taken = await serveControl({ socketPath: join(folder, "dead.sock"), run });
    await expect(connectRun({ socketPath: join(folder, "dead.sock") }).info()).resolves.toBeDefined();
    await taken.close();
  });

  test("says that nobody answers", async () => {
    await writeFile(join(folder, "file.sock"), "");
    for (const name of ["nothing.sock", "file.sock"]) {
      await expect(connectRun({ socketPath: join(folder, name) }).info()).rejects.toMatchObject({
        code: "DEXT_CONTROL_UNREACHABLE",
      });
    }
  });
});

describe("events", () => {
  test("come from the beginning, then as they happen, until the run ends", async () => {
    run.setState("Running");
    const seen: number[] = [];
    const reading = (async () => {
      for await (const event of client.events()) seen.push(event.seq);
    })();
    await vi.waitFor(() => expect(seen).toEqual([1]));
    run.setState("Stopping");
    await vi.waitFor(() => expect(seen).toEqual([1, 2]));
    run.end();
    await reading;
    expect(run.openStreams()).toBe(0);
  });

  test("go on after a sequence number", async () => {
    for (const state of ["Running", "Stopping", "Stopped"] as const) run.setState(state);
    run.end();
    const seen = await collect(client.events({ after: 1 }));
    expect(seen.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  test("end on both sides when the client leaves the loop", async () => {
    run.setState("Running");
    for await (const event of client.events()) {
      expect(event.seq).toBe(1);
      break;
    }
    await vi.waitFor(() => expect(run.openStreams()).toBe(0));
  });

  test("end on both sides when the signal is aborted, with its reason", async () => {
    const controller = new AbortController();
    const reading = collect(client.events({ signal: controller.signal }));
    await vi.waitFor(() => expect(run.openStreams()).toBe(1));
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await vi.waitFor(() => expect(run.openStreams()).toBe(0));
    await expect(client.info({ signal: controller.signal })).rejects.toBe(reason);
  });

  test("end on the run's side when the client's process goes away without a word", async () => {
    const socket = connect(socketPath);
    socket.write("GET /v1/events HTTP/1.1\r\nhost: run\r\n\r\n");
    await vi.waitFor(() => expect(run.openStreams()).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(run.openStreams()).toBe(0));
  });

  test("give the error that ends them", async () => {
    run.events = async function* () {
      yield* run.eventList;
      throw new TypeError("the store broke");
    };
    run.setState("Running");
    await expect(collect(client.events())).rejects.toMatchObject({
      code: "DEXT_INTERNAL",
      message: "the store broke",
    });
  });

  test("say so when the run goes away in the middle", async () => {
    run.setState("Running");
    const closing = vi
      .waitFor(() => expect(run.openStreams()).toBe(1))
      .then(() => server.close({ grace: 0 }));
    await expect(collect(client.events())).rejects.toMatchObject({
      code: "DEXT_CONTROL_CONNECTION_LOST",
    });
    await closing;
  });

  test("that were under way are sent to their end when the server closes", async () => {
    const reading = collect(client.events());
    await vi.waitFor(() => expect(run.openStreams()).toBe(1));
    run.setState("Stopped");
    run.end();
    await server.close();
    expect((await reading).map(({ type }) => type)).toEqual(["run"]);
  });
});

describe("logs", () => {
  test("are chosen by resource and tail", async () => {
    for (const index of [1, 2, 3]) {
      run.print({ resource: "api", text: `api ${index}` });
      run.print({ resource: "web & co", text: `web ${index}` });
    }
    expect(await texts({ resources: ["api"], tail: 2 })).toEqual(["api 2", "api 3"]);
    expect(await texts({ resources: ["web & co"] })).toEqual(["web 1", "web 2", "web 3"]);
    expect(await texts({ resources: ["api", "web & co"], tail: 0 })).toEqual([]);
  });

  test("are asked for with everything that the query can say", async () => {
    const query: LogQuery = {
      resources: ["api", "web"],
      tail: 5,
      follow: false,
      since: 1_767_225_600_000,
      after: 3,
      before: 90,
      search: "a&b=ü %",
      ignoreCase: true,
      level: "warn",
      partial: true,
    };
    await texts(query);
    await texts({});
    expect(run.logQueries).toEqual([query, {}]);
  });

  test("arrive as they are, also characters that are cut by a chunk", async () => {
    const sent = Array.from({ length: 5_000 }, (_, index) => `${index} \u001b[31m€ä\u2028"\\ 👍`);
    for (const text of sent) run.print({ resource: "api", text });
    expect(await texts({})).toEqual(sent);
  });

  test("come as frames from a run that has them, with the same lines and errors", async () => {
    const lines = ["one", "two €"].map((text, index) => ({
      seq: index + 1,
      time: 1_767_225_600_000,
      resource: "api",
      replica: 1,
      stream: "stderr" as const,
      text,
    }));
    const framed = Object.assign(run, {
      logFrames: async function* (query: LogQuery) {
        for (const line of lines) yield encodeLine(line);
        if (query.tail === 0) throw new DextError("No more", { code: "DEXT_TEST_GONE" });
      },
    });
    const path = join(folder, "framed.sock");
    const other = await serveControl({ socketPath: path, run: framed });
    const connected = connectRun({ socketPath: path });
    expect(await collect(connected.logs({}))).toEqual(lines);
    const frames = await collect(connected.logFrames({}));
    expect(frames.flatMap(decodeFrame)).toEqual(lines);
    await expect(collect(connected.logs({ tail: 0 }))).rejects.toMatchObject({ code: "DEXT_TEST_GONE" });
    await other.close();
  });

  test("come as NDJSON to a client that does not know frames", async () => {
    run.print({ resource: "api", text: "hello" });
    expect(await raw({ path: "/v1/logs" })).toMatchObject({
      status: 200,
      body: { resource: "api", text: "hello" },
    });
  });

  test("wait for a slow reader instead of filling memory", async () => {
    let produced = 0;
    run.logs = async function* () {
      const text = "x".repeat(1000);
      while (produced < 1_000_000) {
        produced += 1;
        yield { seq: produced, time: 0, resource: "api", replica: 0, stream: "stdout", text };
      }
    };
    const reader = client.logs({})[Symbol.asyncIterator]();
    await reader.next();
    // Nothing to wait for: what is looked for is that it stays as it is.
    await delay(300);
    const before = produced;
    await delay(300);
    expect(produced).toBe(before);
    expect(produced).toBeLessThan(20_000);
    const rest: LogLine[] = [];
    for (let step = await reader.next(); rest.length < 30_000 && !step.done; step = await reader.next()) {
      rest.push(step.value);
    }
    expect(rest.at(-1)?.seq).toBe(30_001);
    await reader.return?.();
    await vi.waitFor(async () => {
      const now = produced;
      await delay(50);
      expect(produced).toBe(now);
    });
  });
});

async function texts(query: LogQuery): Promise<string[]> {
  return (await collect(client.logs(query))).map(({ text }) => text);
}

async function raw({
  method = "GET",
  path,
  body = "",
  headers = {},
}: {
  method?: string;
  path: string;
  body?: string;
  headers?: Record<string, string>;
}): Promise<{ status: number | undefined; version: unknown; body: unknown }> {
  const request = httpRequest({ socketPath, method, path, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, version: response.headers["dext-version"], body: JSON.parse(text) };
}

async function serveOther(name: string, headers: Record<string, string>) {
  const other = createServer((_, response) => response.writeHead(200, headers).end("hello"));
  other.listen(join(folder, name));
  await once(other, "listening");
  return { path: join(folder, name), close: () => other.close() };
}
