import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addConnectionString } from "../../../../hosting/src/resources/add-connection-string.ts";
import { addContainer } from "../../../../hosting/src/resources/add-container.ts";
import type { ContainerOptions } from "../../../../hosting/src/resources/add-container.ts";
import { addDockerfile } from "../../../../hosting/src/resources/add-dockerfile.ts";
import { addExecutable } from "../../../../hosting/src/resources/add-executable.ts";
import { addPostgres } from "../../../../hosting/src/resources/add-postgres.ts";
import { addRedis } from "../../../../hosting/src/resources/add-redis.ts";
import type { ContainerEngine } from "../../../../hosting/src/containers/container-engine.ts";
import { isLoopback } from "../../../../hosting/src/containers/container-scope.ts";
import { inspectContainer } from "../../../../hosting/src/containers/container-state.ts";
import { findStaleRuns, cleanUpStaleRuns } from "../../../../hosting/src/containers/clean-up.ts";
import { whyNotListening } from "../../../../hosting/src/containers/listening-probe.ts";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import type { ResourceBuilder } from "../../../../hosting/src/model/resource-builder.ts";
import { openContainerRun } from "../../../fixtures/containers/container-run.ts";
import type { ContainerRun } from "../../../fixtures/containers/container-run.ts";
import { docker, isPodman, useDockerEngine } from "../../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../../fixtures/docker-engine.ts";
import {
  baseImage,
  hasPostgres,
  nodeImage,
  postgresImage,
  redisImage,
} from "../../../fixtures/local-images.ts";
import { hasNpm, nodeBuilderImage, writePlan } from "../../../fixtures/dockerfile/build-engine.ts";
import { offlineLock, workspaceTree } from "../../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../../fixtures/project-tree.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const service = fileURLToPath(new URL("../../../fixtures/containers/service.mjs", import.meta.url));

describe.skipIf(!docker.available)(`the containers of a run ${docker.reason}`, { timeout: 60_000 }, () => {
  let used: TestEngine;
  let engine: ContainerEngine;
  let images: { base: string; node: string };
  let directory: string;
  let host: ModelBuilder;
  let runs: ContainerRun[];

  beforeAll(async () => {
    used = await useDockerEngine();
    engine = used.engine;
    images = { base: await baseImage(engine), node: await nodeImage(engine) };
    await redisImage(engine);
  }, 120_000);
  afterAll(() => used?.release());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "dext-containers-"));
    host = new ModelBuilder({ directory, name: "Test App" });
    runs = [];
  });
  afterEach(async () => {
    await Promise.all(runs.map((run) => run.close()));
    await rm(directory, { recursive: true, force: true });
  });

  const open = async (
    options: Omit<Parameters<typeof openContainerRun>[1], "engine"> = {},
  ): Promise<ContainerRun> => {
    const run = await openContainerRun(host, { engine, ...options });
    runs.push(run);
    return run;
  };
  const addService = (name: string, options: ContainerOptions = {}): ResourceBuilder =>
    addContainer(host, name, { image: images.node, args: ["node", "/service.mjs"], ...options })
      .withHttpEndpoint({ targetPort: 8080 })
      .withBindMount(service, "/service.mjs", { readOnly: true })
      .withEnvironment("DEXT_TEST_NAME", name);
  const leftOf = async (run: ContainerRun): Promise<unknown[]> => {
    const query = { all: true, filters: { label: [`dev.dext.run=${run.runId}`] } };
    return [
      ...(await engine.json<unknown[]>({ path: "/containers/json", query })),
      ...(await engine.json<unknown[]>({ path: "/networks", query })),
    ];
  };

  test("reach each other by name and are reached from this machine at 127.0.0.1 only", async () => {
    const api = addService("api");
    addService("web").withReference(api).withArgs("--api", api.endpoint("http"));
    const run = await open();
    await Promise.all([run.start("api"), run.start("web")]);
    const environment = await environmentOf(run, "web");
    expect(environment).toMatchObject({
      PORT: "8080",
      API_HTTP: "http://api:8080",
      services__api__http__0: "http://api:8080",
    });
    expect(JSON.parse(await ask(run, "web", "/arguments"))).toEqual(["--api", "http://api:8080"]);
    // It listens by now.
    expect(await ask(run, "api", "/")).toBe("hello from api");
    expect(await fetchFrom(run, "web", environment["API_HTTP"] ?? "")).toBe("hello from api");
    for (const address of addressesOfMachine()) {
      expect(await canConnect(address, run.port("api", "http"))).toBe(false);
    }
  });

  test("reach a process by a forwarder that listens on the bridge's gateway only, and only for what is referred to", async () => {
    const process = await serve("hello from the host");
    const other = await serve("not for you");
    try {
      const legacy = addExecutable(host, "legacy", { command: "legacy" }).withHttpEndpoint({
        port: portOf(process),
      });
      addExecutable(host, "other", { command: "other" }).withHttpEndpoint({ port: portOf(other) });
      addService("web").withReference(legacy);
      const run = await open();
      await run.start("web");
      const environment = await environmentOf(run, "web");
      const url = new URL(environment["LEGACY_HTTP"] ?? "");
      expect(url.hostname).toBe("host.docker.internal");
      expect(await fetchFrom(run, "web", url.href)).toBe("hello from the host");
      expect(await fetchFrom(run, "web", `http://host.docker.internal:${portOf(other)}/`)).toMatch(/^failed/);
      const [gateway = ""] = await gatewaysOf(engine, run);
      expect(await canConnect(gateway, Number(url.port))).toBe(true);
      for (const address of ["127.0.0.1", ...addressesOfMachine().filter((each) => each !== gateway)]) {
        expect(await canConnect(address, Number(url.port))).toBe(false);
      }
      // A caller from elsewhere is let in by nobody.
      expect(await answersTo(gateway, { port: Number(url.port), from: "127.0.0.1" })).toBe("");
      expect(await listeningPorts()).toContain(Number(url.port));
      await run.close();
      expect(await listeningPorts()).not.toContain(Number(url.port));
    } finally {
      process.close();
      other.close();
    }
  });

  test("are told the addresses of callbacks, collectors and external resources as they reach them", async () => {
    const process = await serve("hello from the host");
    try {
      const port = portOf(process);
      const legacy = addExecutable(host, "legacy", { command: "legacy" }).withHttpEndpoint({ port });
      const cache = addRedis(host, "cache");
      const store = addConnectionString(host, "store");
      addService("web")
        .withReference(cache)
        .withReference(store)
        .withEnvironment("CALLED", () => legacy.endpoint("http"));
      const run = await open({
        collector: `http://localhost:${port}`,
        external: {
          cache: {
            endpoints: { tcp: `redis://localhost:${port}` },
            connectionString: `localhost:${port},password=localhost`,
          },
          store: { endpoints: {}, connectionString: "Host=db.example.com;Port=5432" },
        },
      });
      await run.start("web");
      const environment = await environmentOf(run, "web");
      const called = environment["CALLED"] ?? "";
      expect(called).toMatch(/^http:\/\/host\.docker\.internal:\d+$/);
      expect(await fetchFrom(run, "web", called)).toBe("hello from the host");
      const { host: address } = new URL(called);
      expect(environment).toMatchObject({
        OTEL_EXPORTER_OTLP_ENDPOINT: called,
        ConnectionStrings__cache: `${address},password=localhost`,
        ConnectionStrings__store: "Host=db.example.com;Port=5432",
      });
    } finally {
      process.close();
    }
  });

  test("are given each replica of a container", async () => {
    const api = addService("api").withReplicas(2);
    addService("web").withReference(api);
    const run = await open();
    await Promise.all([run.start("api"), run.start("api", { replica: 1 }), run.start("web")]);
    const environment = await environmentOf(run, "web");
    await ask(run, "api", "/");
    for (const index of [0, 1]) {
      const url = environment[`services__api__http__${index}`] ?? "";
      expect(url).toBe(`http://replica-${index}.api:8080`);
      expect(await fetchFrom(run, "web", url)).toBe("hello from api");
    }
  });

  test("keep what is in a volume, lose what is not, and leave no anonymous volume", async () => {
    addContainer(host, "writer", {
      image: "redis:8.2",
      entrypoint: ["/bin/sh", "-c"],
      args: ["cat /kept/file /data/file; echo kept > /kept/file; echo lost > /data/file"],
    }).withVolume("notes", "/kept");
    const before = await volumesOf(engine);
    const seen: string[] = [];
    for (let index = 0; index < 2; index += 1) {
      const run = await open();
      const container = await run.start("writer");
      await container.exited;
      await container.stop({ timeout: 0 });
      seen.push(run.sinks.get("writer")?.stdout ?? "");
      await run.close();
    }
    const made = (await volumesOf(engine)).filter((name) => !before.includes(name));
    try {
      expect(seen).toEqual(["", "kept\n"]);
      expect(made).toEqual([expect.stringMatching(/^dext-test-app-[0-9a-f]{6}-notes$/)]);
    } finally {
      await Promise.all(made.map((name) => engine.json({ method: "DELETE", path: `/volumes/${name}` })));
    }
  });

  test("that outlive a run are taken up by the next one with their ports, unless something has changed", async () => {
    addService("slow", { lifetime: "persistent" });
    const first = await open();
    const { id } = await first.start("slow");
    const port = first.port("slow", "http");
    expect(await ask(first, "slow", "/")).toBe("hello from slow");
    await first.close();
    try {
      expect(await leftOf(first)).toEqual([]);
      const second = await open();
      expect((await second.start("slow")).id).toBe(id);
      expect(second.port("slow", "http")).toBe(port);
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("hello from slow");
      await second.close();
      await engine.json({ method: "POST", path: `/containers/${id}/stop`, query: { t: 0 } });
      const third = await open();
      expect((await third.start("slow")).id).toBe(id);
      expect(await ask(third, "slow", "/")).toBe("hello from slow");
      await third.close();
      host = new ModelBuilder({ directory, name: "Test App" });
      addService("slow", { lifetime: "persistent" }).withEnvironment("NEW", "yes");
      const fourth = await open();
      const container = await fourth.start("slow");
      expect(container.id).not.toBe(id);
      expect((await environmentOf(fourth, "slow"))["NEW"]).toBe("yes");
      expect(await inspectContainer(engine, id)).toBeUndefined();
    } finally {
      await Promise.all(runs.map((run) => run.close()));
      await engine.json({
        method: "DELETE",
        path: `/containers/${await nameOfPersistent(engine)}`,
        query: { force: true },
      });
      await engine.json({
        method: "POST",
        path: "/networks/prune",
        query: { filters: { label: ["dev.dext.app"] } },
      });
    }
  });

  test("of a Dockerfile are built with arguments, stage and ignore rules, every line told", async () => {
    await mkdir(join(directory, "app/src"), { recursive: true });
    await writeFile(
      join(directory, "app/Dockerfile"),
      `FROM ${images.base} AS first\nARG GREETING\nCOPY . /app\nRUN echo "$GREETING" > /greeting\nFROM first AS wanted\nCMD ["/bin/sh", "-c", "cat /greeting; ls /app /app/src"]\nFROM first\nCMD ["/bin/nothing"]\n`,
    );
    await writeFile(join(directory, "app/.dockerignore"), "*.secret\n");
    await writeFile(join(directory, "app/key.secret"), "");
    await writeFile(join(directory, "app/src/main.js"), "");
    addDockerfile(host, "built", { context: "app", target: "wanted", buildArgs: { GREETING: "good 'day'" } });
    const run = await open();
    const container = await run.start("built");
    expect(await container.exited).toEqual({ exitCode: 0 });
    await container.stop({ timeout: 0 });
    const { stdout, lines } = run.sinks.get("built") ?? { stdout: "", lines: [] };
    expect(stdout).toBe("good 'day'\n/app:\nDockerfile\nsrc\n\n/app/src:\nmain.js\n");
    expect(lines[0]).toContain(`FROM ${images.base}`);
    expect(lines.at(-1)).toContain("Successfully tagged");
  });

  test("of a Dockerfile that fails say which step, in the engine's words", async () => {
    await writeFile(join(directory, "Dockerfile"), `FROM ${images.base}\nRUN echo before; exit 3\n`);
    addDockerfile(host, "broken", { context: "." });
    const run = await open();
    await expect(run.start("broken")).rejects.toMatchObject({
      code: "DEXT_CONTAINER_BUILD_FAILED",
      message: expect.stringMatching(
        isPodman ? /"broken" .*exit status 3/ : /"broken" .*exit 3.*non-zero code: 3/,
      ),
    });
    expect(run.sinks.get("broken")?.lines).toContain("before");
  });

  test("of a Dockerfile with what only BuildKit knows are built by it, every line told", async () => {
    // Never the same: what was built before comes from the cache, without a word.
    const two = `two ${randomUUID()}`;
    await writeFile(
      join(directory, "Dockerfile"),
      `ARG BASE=${images.base}\nFROM \${BASE}\nRUN --mount=type=cache,target=/x echo one; echo ${two}\nCMD ["/bin/cat", "/nothing"]\n`,
    );
    addDockerfile(host, "modern", { context: ".", buildNetwork: "host" });
    const run = await open();
    const container = await run.start("modern");
    expect(await container.exited).toEqual({ exitCode: 1 });
    const { lines = [] } = run.sinks.get("modern") ?? {};
    const printed = lines.findIndex((line) => line === "one");
    expect(lines[printed + 1]).toBe(two);
    expect(lines.slice(0, printed).join("\n")).toContain(
      `RUN --mount=type=cache,target=/x echo one; echo ${two}`,
    );
    await writeFile(
      join(directory, "Dockerfile"),
      `FROM ${images.base}\nRUN --mount=type=cache,target=/x exit 3\n`,
    );
    addDockerfile(host, "broken", { context: ".", buildNetwork: "host" });
    await expect((await open()).start("broken")).rejects.toMatchObject({
      code: "DEXT_CONTAINER_BUILD_FAILED",
      message: expect.stringMatching(/"broken" .*exit (?:code: |status )3/),
    });
  });

  // Podman does without the secret.
  test.skipIf(isPodman)("of a Dockerfile that is to be lent a secret say who can", async () => {
    await writeFile(
      join(directory, "Dockerfile"),
      `FROM ${images.base}\nRUN --mount=type=secret,id=NPM_TOKEN ls\n`,
    );
    addDockerfile(host, "secret", { context: ".", buildNetwork: "host" });
    const run = await open();
    await expect(run.start("secret")).rejects.toMatchObject({
      code: "DEXT_CONTAINER_BUILD_FAILED",
      hint: expect.stringContaining("docker build"),
    });
  });

  test.skipIf(!hasNpm)(
    "of a Dockerfile that Dext wrote for a member are built from the workspace",
    async () => {
      const root = await projectTree({
        ...workspaceTree({ range: "1.0.0", packageManager: "", packages: false }),
        "package.json": { name: "root", private: true, workspaces: ["packages/*", "services/*"] },
        "package-lock.json": offlineLock(),
      });
      await writePlan(await planDockerfile(await detectProject(join(root, "services/api"))));
      const base = await nodeBuilderImage(used);
      addDockerfile(host, "api", {
        context: join(root, "services/api"),
        buildArgs: { BASE_IMAGE: base },
        buildNetwork: "host",
      }).withHttpEndpoint({ targetPort: 3000 });
      const run = await open();
      await run.start("api");
      const answer = (): Promise<string> =>
        fetch(`http://127.0.0.1:${run.port("api", "http")}/alive`).then((got) => got.text(), String);
      await expect.poll(answer, { timeout: 20_000 }).toBe("revision 1");
    },
  );

  test("serve as a backing resource with its password", async () => {
    const cache = addRedis(host, "cache");
    addService("web").withReference(cache);
    const run = await open({ parameters: { "cache-password": "p$w'd \"x" } });
    await Promise.all([run.start("cache"), run.start("web")]);
    const port = run.port("cache", "tcp");
    expect((await environmentOf(run, "web"))["ConnectionStrings__cache"]).toContain("cache:6379");
    await waitUntil(async () => (await talk(port, "PING\r\n")).startsWith("-NOAUTH"), {
      what: () => "no server",
    });
    const password = "p$w'd \"x";
    const login = `*2\r\n$4\r\nAUTH\r\n$${password.length}\r\n${password}\r\n`;
    expect(await talk(port, `${login}PING\r\n`)).toBe("+OK\r\n+PONG\r\n");
  });

  test.skipIf(!hasPostgres)(
    "of PostgreSQL have the databases of the AppHost, filled from their files",
    async () => {
      await postgresImage(engine);
      const large = `'${"ü€".repeat(60_000)}'`;
      await writeFile(
        join(directory, "orders.sql"),
        `CREATE TABLE note (text text);\nINSERT INTO note VALUES (${large});\n`,
      );
      const server = addPostgres(host, "pg");
      server.addDatabase("orders").withInitFiles("orders.sql");
      server.addDatabase("other", { databaseName: 'the "other"' });
      const run = await open({ parameters: { "pg-password": "p$w 'd" } });
      const container = await run.start("pg");
      const said = (): string => JSON.stringify(run.sinks.get("pg"));
      await waitUntil(async () => (await container.whyNotListening("tcp")) === undefined, {
        what: said,
        timeout: 30_000,
      });
      for (let round = 0; round < 2; round += 1) await run.fill(container);
      const sql = "SELECT length(text) FROM note";
      const command = `PGPASSWORD=$POSTGRES_PASSWORD psql -U postgres -At -d "$1" -c "$2"`;
      const query = (database: string, text: string) =>
        container.exec(["/bin/sh", "-c", command, "sh", database, text]);
      expect(await query("orders", sql)).toEqual({ exitCode: 0, stdout: "120000\n", stderr: "" });
      expect(await query('the "other"', "SELECT 1")).toMatchObject({ stdout: "1\n" });
      expect(run.sinks.get("pg")?.lines).toEqual(['made "orders"', String.raw`made "the \"other\""`]);
    },
  );

  test("tell whether anything listens inside, which the published port does not", async () => {
    addContainer(host, "late", {
      image: images.node,
      args: ["/bin/sh", "-c", "sleep 1.5; exec node /service.mjs"],
    })
      .withHttpEndpoint({ targetPort: 8080 })
      .withBindMount(service, "/service.mjs");
    const run = await open();
    const container = await run.start("late");
    // Docker's proxy takes every connection; Podman passes them on.
    expect(await canConnect("127.0.0.1", run.port("late", "http"))).toBe(!isPodman);
    expect(await container.whyNotListening("http")).toBe("nothing listens on port 8080 of the container yet");
    const published = { host: "127.0.0.1", port: run.port("late", "http"), isEngine: true, name: "it" };
    expect(await whyNotListening(published)).toBe("nothing listens on it yet");
    await waitUntil(async () => (await container.whyNotListening("http")) === undefined, {
      what: () => "closed",
    });
    expect(await whyNotListening(published)).toBeUndefined();
    expect(await ask(run, "late", "/")).toBe("hello from a container");
  });

  test("leave nothing when the run is closed, not even those that nobody stopped", async () => {
    addService("api");
    const run = await open();
    await run.start("api");
    expect(await leftOf(run)).toHaveLength(2);
    await run.containers.close();
    expect(await leftOf(run)).toEqual([]);
  });

  test("of a run whose AppHost is gone are found and removed; those of a living one are not", async () => {
    addService("api");
    const living = await open();
    await living.start("api");
    const { Id } = await engine.json<{ Id: string }>({
      method: "POST",
      path: "/containers/create",
      query: { name: "dext-dead-api" },
      json: {
        Image: images.base,
        Cmd: ["/bin/sh"],
        Labels: {
          ...(await labelsOf(engine, living)),
          "dev.dext.run": "dead",
          "dev.dext.owner-start": "1@elsewhere",
        },
      },
    });
    const mine = (run: string): boolean => run === "dead" || run === living.runId;
    expect((await findStaleRuns(engine)).filter(({ run }) => mine(run))).toEqual([
      { run: "dead", containers: ["dext-dead-api"], networks: [], volumes: [] },
    ]);
    await cleanUpStaleRuns(engine);
    expect(await inspectContainer(engine, Id)).toBeUndefined();
    expect(await leftOf(living)).toHaveLength(2);
  });
});

async function ask(run: ContainerRun, name: string, path: string): Promise<string> {
  await waitUntil(() => run.sinks.get(name)?.stdout.includes("listening") === true, {
    what: () => JSON.stringify(run.sinks.get(name)),
  });
  return (await fetch(`http://127.0.0.1:${run.port(name, "http")}${path}`)).text();
}

function fetchFrom(run: ContainerRun, name: string, url: string): Promise<string> {
  return ask(run, name, `/fetch?url=${encodeURIComponent(url)}`);
}

async function environmentOf(run: ContainerRun, name: string): Promise<Record<string, string>> {
  return JSON.parse(await ask(run, name, "/environment")) as Record<string, string>;
}

async function serve(text: string): Promise<Server> {
  const server = createServer((_request, response) => response.end(text)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Addresses of this machine that are not loopback. */
function addressesOfMachine(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, address }) => family === "IPv4" && !isLoopback(address))
    .map(({ address }) => address);
}

/** `   0: 0100007F:1F90 00000000:0000 0A …`: 0A says that it listens. */
async function listeningPorts(): Promise<number[]> {
  const table = await readFile("/proc/net/tcp", "utf8");
  return [...table.matchAll(/: [0-9A-F]{8}:([0-9A-F]{4}) \S+ 0A /g)].map(([, port = ""]) =>
    Number.parseInt(port, 16),
  );
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
    socket.once("timeout", () => {
      socket.destroy();
      resolve(false);
    });
  });
}

function answersTo(host: string, { port, from }: { port: number; from: string }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: from, timeout: 2000 });
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("error", () => resolve(text));
    socket.on("timeout", () => socket.destroy());
    socket.on("close", () => resolve(text));
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  });
}

/** Sends text and gives what came back within a moment of silence. */
function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let answer = "";
    socket.setTimeout(200, () => socket.destroy());
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
    socket.write(text);
  });
}

async function volumesOf(engine: ContainerEngine): Promise<string[]> {
  const { Volumes } = await engine.json<{ Volumes: { Name: string }[] | null }>({ path: "/volumes" });
  return (Volumes ?? []).map(({ Name }) => Name);
}

async function gatewaysOf(engine: ContainerEngine, run: ContainerRun): Promise<string[]> {
  const { IPAM } = await engine.json<{ IPAM: { Config: { Gateway: string }[] } }>({
    path: `/networks/dext-${run.runId}`,
  });
  return IPAM.Config.map(({ Gateway }) => Gateway);
}

async function labelsOf(engine: ContainerEngine, run: ContainerRun): Promise<Record<string, string>> {
  const [container] = await engine.json<{ Labels: Record<string, string> }[]>({
    path: "/containers/json",
    query: { all: true, filters: { label: [`dev.dext.run=${run.runId}`] } },
  });
  return container?.Labels ?? {};
}

async function nameOfPersistent(engine: ContainerEngine): Promise<string> {
  const [container] = await engine.json<{ Id: string }[]>({
    path: "/containers/json",
    query: { all: true, filters: { label: ["dev.dext.configuration"] } },
  });
  return container?.Id ?? "none";
}
