import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isContainerLauncher } from "../../../../hosting/src/launchers/container-launcher.ts";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { addConnectionString } from "../../../../hosting/src/resources/add-connection-string.ts";
import { addConsul } from "../../../../hosting/src/resources/add-consul.ts";
import { addContainer } from "../../../../hosting/src/resources/add-container.ts";
import { addDockerfile } from "../../../../hosting/src/resources/add-dockerfile.ts";
import { addExternalService } from "../../../../hosting/src/resources/add-external-service.ts";
import { addKafka } from "../../../../hosting/src/resources/add-kafka.ts";
import { addPostgres } from "../../../../hosting/src/resources/add-postgres.ts";
import { addRabbitMQ } from "../../../../hosting/src/resources/add-rabbitmq.ts";
import { addRedis } from "../../../../hosting/src/resources/add-redis.ts";
import { addVault } from "../../../../hosting/src/resources/add-vault.ts";
import {
  connectionOf,
  launch,
  launcherOf,
  probeContext,
  resourceOf,
} from "../../../fixtures/launchers/run-launcher.ts";

let directory: string;
let host: ModelBuilder;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-order-"));
  host = new ModelBuilder({ directory });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test("each kind is tried from what is there to what Dext brings along", () => {
  addRedis(host, "redis");
  addPostgres(host, "postgres").addDatabase("database");
  addRabbitMQ(host, "rabbitmq");
  addConsul(host, "consul");
  addKafka(host, "kafka");
  addVault(host, "vault");
  addContainer(host, "container", { image: "nginx" });
  addDockerfile(host, "dockerfile", { context: "./web" });
  addConnectionString(host, "connection-string");
  addExternalService(host, "external-service", "https://example.com");
  const orders = host
    .build()
    .resources.map(({ name, launchers }) => [name, launchers.map(({ type }) => type)]);
  expect(Object.fromEntries(orders)).toEqual({
    redis: ["external", "container", "process", "embedded"],
    postgres: ["external", "container", "process", "embedded"],
    database: ["external", "none"],
    rabbitmq: ["external", "container", "process"],
    consul: ["external", "container", "process"],
    kafka: ["external", "container"],
    vault: ["external", "container", "process"],
    container: ["container"],
    dockerfile: ["container"],
    "connection-string": ["external"],
    "external-service": ["none"],
  });
});

test("every backing resource has a health check of its own", () => {
  addRedis(host, "redis");
  addPostgres(host, "postgres").addDatabase("database");
  addRabbitMQ(host, "rabbitmq");
  addConsul(host, "consul");
  addKafka(host, "kafka");
  addVault(host, "vault");
  for (const { healthChecks } of host.build().resources) expect(healthChecks).toHaveLength(1);
});

describe("an external launcher", () => {
  test("names the variable that is missing", async () => {
    addConnectionString(host, "legacy");
    const context = probeContext(host, { resource: "legacy" });
    expect(await launcherOf(context.resource, "external").probe(context)).toEqual({
      works: false,
      because: "ConnectionStrings:legacy is not in configuration",
      remedy: "Set ConnectionStrings__legacy in the environment or in the AppHost's .env file",
    });
  });

  test("gives the text as it stands, and what the kind knows of it", async () => {
    addConnectionString(host, "legacy", { kind: "postgres" });
    const text = "Host=db;Username=me;Password=p";
    const configuration = { "ConnectionStrings:legacy": text };
    const legacy = await launch(host, { resource: "legacy", launcher: "external", configuration });
    expect(connectionOf(legacy, "legacy")).toMatchObject({
      connectionString: text,
      host: "db",
      username: "me",
      uri: "postgresql://me:p@db:5432",
    });
    await legacy.stop();
  });

  test("refuses a connection string that it does not understand, without showing it", async () => {
    addRedis(host, "cache");
    const configuration = { "ConnectionStrings:cache": "http://:hush@h" };
    await expect(launch(host, { resource: "cache", launcher: "external", configuration })).rejects.toThrow(
      expect.objectContaining({
        code: "DEXT_LAUNCH_CONNECTION_STRING_INVALID",
        message:
          'ConnectionStrings:cache is not understood: its scheme is "http", wanted: "redis" or "rediss"',
      }),
    );
  });
});

describe("a container launcher", () => {
  test("says why it does not work without an engine, and describes the container", async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${directory}/docker.sock`);
    addRedis(host, "cache");
    addContainer(host, "mail", { image: "ghcr.io:443/acme/mail:1.2@sha256:ab" });
    const context = probeContext(host, { resource: "cache" });
    const launcher = launcherOf(context.resource, "container");
    expect(await launcher.probe(context)).toMatchObject({
      works: false,
      because: `no container engine answers (DOCKER_HOST=unix://${directory}/docker.sock: there is no such socket)`,
      remedy: "Correct or unset DOCKER_HOST",
    });
    vi.unstubAllEnvs();
    const mail = launcherOf(resourceOf(host.build(), "mail"), "container");
    expect(isContainerLauncher(launcher) && launcher.container).toMatchObject({
      image: "redis",
      dataPath: "/data",
    });
    expect(isContainerLauncher(mail) && mail.container).toMatchObject({
      image: "ghcr.io:443/acme/mail@sha256:ab",
      tag: "1.2",
    });
  });

  test("refuses what is no image", () => {
    expect(() => addContainer(host, "mail", { image: "no image" })).toThrow(/Not an image for "mail"/);
  });
});

describe("an external service", () => {
  test.each(["example.com", "ftp://example.com", "https://u:p@example.com", "https://example.com/v1"])(
    "is not at %s",
    (url) => {
      expect(() => addExternalService(host, "pay", url)).toThrow(
        /Not the address of the external service "pay"/,
      );
    },
  );

  test("may share a port with another", async () => {
    addExternalService(host, "pay", "https://pay.example.com");
    addExternalService(host, "mail", "https://mail.example.com:8443/");
    const context = probeContext(host, { resource: "mail" });
    const launcher = launcherOf(context.resource, "none");
    expect(await launcher.probe(context)).toEqual({
      works: true,
      because: "it runs elsewhere, at https://mail.example.com:8443",
    });
  });
});

test("a database has no data volume of its own", () => {
  const database = addPostgres(host, "pg").addDatabase("orders");
  expect(() => database.withDataVolume()).toThrow(/"orders" is a database and has no data folder of its own/);
});
