import { describe, expect, test } from "vitest";
import { generatedVariables } from "../../../../hosting/src/discovery/generated-variables.ts";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import type { ResourceBuilder } from "../../../../hosting/src/model/resource-builder.ts";
import { resolveNode } from "../../../../hosting/src/orchestration/resolve-expression.ts";
import { addConsul } from "../../../../hosting/src/resources/add-consul.ts";
import { addExternalService } from "../../../../hosting/src/resources/add-external-service.ts";
import { addKafka } from "../../../../hosting/src/resources/add-kafka.ts";
import { addPostgres } from "../../../../hosting/src/resources/add-postgres.ts";
import { addRabbitMQ } from "../../../../hosting/src/resources/add-rabbitmq.ts";
import { addRedis } from "../../../../hosting/src/resources/add-redis.ts";
import { addVault } from "../../../../hosting/src/resources/add-vault.ts";
import { createScope, resourceOf } from "../../../fixtures/launchers/run-launcher.ts";

const hostile = `a;b"c@d/e,f'g h`;
const inUri = "a%3Bb%22c%40d%2Fe%2Cf'g%20h";

/** What a consumer is told about a resource whose endpoint has port 5000. */
function environmentFor(
  add: (host: ModelBuilder) => ResourceBuilder,
  parameters: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const host = new ModelBuilder({ directory: "/app" });
  const target = add(host);
  host.addResource({ name: "consumer", kind: "test", launchers: [] }).withReference(target);
  const model = host.build();
  const scope = createScope(model, {
    options: { parameters },
    ports: new Map([
      ["tcp", 5000],
      ["http", 5000],
    ]),
  });
  const variables = generatedVariables(resourceOf(model, "consumer"), {
    model,
    resources: new Map(model.resources.map((resource) => [resource.name, resource])),
    replica: 0,
  });
  return Object.fromEntries(
    variables
      .filter(({ name }) => name !== "NODE_ENV")
      .map(({ name, value }) => [name, resolveNode(value, scope)]),
  );
}

describe("the environment of a consumer", () => {
  test("of redis has the connection string of StackExchange.Redis and a URI", () => {
    expect(environmentFor((host) => addRedis(host, "cache"), { "cache-password": hostile })).toEqual({
      ConnectionStrings__cache: `127.0.0.1:5000,password=${hostile}`,
      CACHE_HOST: "127.0.0.1",
      CACHE_PORT: "5000",
      CACHE_PASSWORD: hostile,
      CACHE_URI: `redis://:${inUri}@127.0.0.1:5000`,
    });
  });

  test("of postgres has the connection string of Npgsql, quoted where it has to be, and a URI", () => {
    const environment = environmentFor((host) => addPostgres(host, "pg"), { "pg-password": hostile });
    expect(environment).toMatchObject({
      ConnectionStrings__pg: `Host=127.0.0.1;Port=5000;Username=postgres;Password="a;b""c@d/e,f'g h"`,
      PG_HOST: "127.0.0.1",
      PG_PORT: "5000",
      PG_USERNAME: "postgres",
      PG_PASSWORD: hostile,
      PG_URI: `postgresql://postgres:${inUri}@127.0.0.1:5000`,
    });
  });

  test("of a database adds its name to what its server gives", () => {
    const environment = environmentFor(
      (host) => addPostgres(host, "pg").addDatabase("orders", { databaseName: "or;ders" }),
      { "pg-password": "plain" },
    );
    expect(environment).toMatchObject({
      ConnectionStrings__orders: `Host=127.0.0.1;Port=5000;Username=postgres;Password=plain;Database="or;ders"`,
      ORDERS_HOST: "127.0.0.1",
      ORDERS_PASSWORD: "plain",
      ORDERS_URI: "postgresql://postgres:plain@127.0.0.1:5000/or;ders",
    });
    expect(Object.values(environment)).toContain("jdbc:postgresql://127.0.0.1:5000/or;ders");
    expect(Object.values(environment)).toContain("or;ders");
  });

  test("of rabbitmq has an AMQP URI as both", () => {
    const uri = `amqp://guest:${inUri}@127.0.0.1:5000`;
    expect(environmentFor((host) => addRabbitMQ(host, "queue"), { "queue-password": hostile })).toEqual({
      ConnectionStrings__queue: uri,
      QUEUE_HOST: "127.0.0.1",
      QUEUE_PORT: "5000",
      QUEUE_USERNAME: "guest",
      QUEUE_PASSWORD: hostile,
      QUEUE_URI: uri,
    });
  });

  test("of kafka has the list of brokers", () => {
    expect(environmentFor((host) => addKafka(host, "events"))).toEqual({
      ConnectionStrings__events: "127.0.0.1:5000",
      EVENTS_HOST: "127.0.0.1",
      EVENTS_PORT: "5000",
    });
  });

  test("of consul and vault has their URL, of vault its token", () => {
    expect(environmentFor((host) => addConsul(host, "settings"))).toMatchObject({
      SETTINGS_HOST: "127.0.0.1",
      SETTINGS_PORT: "5000",
    });
    expect(environmentFor((host) => addVault(host, "secrets"), { "secrets-token": hostile })).toMatchObject({
      SECRETS_TOKEN: hostile,
    });
  });

  test("of an external service has its address under services", () => {
    const host = new ModelBuilder({ directory: "/app" });
    const target = addExternalService(host, "pay", "https://pay.example.com");
    host.addResource({ name: "consumer", kind: "test", launchers: [] }).withReference(target);
    const model = host.build();
    const variables = generatedVariables(resourceOf(model, "consumer"), {
      model,
      resources: new Map(model.resources.map((resource) => [resource.name, resource])),
      replica: 0,
    });
    expect(variables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["services__pay__https__0", "PAY_HTTPS"]),
    );
  });

  test("takes the password from a parameter that was given, and adds none", () => {
    const host = new ModelBuilder({ directory: "/app" });
    addRedis(host, "cache", { password: host.addParameter("shared", { secret: true }) });
    const model = host.build();
    expect(model.parameters.map(({ name }) => name)).toEqual(["shared"]);
    const scope = createScope(model, { options: { parameters: { shared: "s" } }, ports: new Map() });
    expect(scope.property("cache", "password")).toBe("s");
  });
});

describe("an implicit password", () => {
  test("is a secret that is generated and kept", () => {
    const host = new ModelBuilder({ directory: "/app" });
    addRedis(host, "cache");
    addPostgres(host, "pg");
    addRabbitMQ(host, "queue");
    addVault(host, "secrets");
    expect(host.build().parameters.map(({ name, secret, generate }) => ({ name, secret, generate }))).toEqual(
      ["cache-password", "pg-password", "queue-password", "secrets-token"].map((name) => ({
        name,
        secret: true,
        generate: {},
      })),
    );
  });

  test("is not blamed for a wrong name of its resource", () => {
    const host = new ModelBuilder({ directory: "/app" });
    expect(() => addRedis(host, "Cache")).toThrow(/Not a name for a resource: "Cache"/);
    addRedis(host, "cache");
    expect(() => addRedis(host, "cache")).toThrow(/Two resources have the name "cache"/);
  });

  test("of another builder is refused", () => {
    const other = new ModelBuilder({ directory: "/app" }).addParameter("p");
    expect(() => addRedis(new ModelBuilder({ directory: "/app" }), "cache", { password: other })).toThrow(
      expect.objectContaining({ code: "DEXT_MODEL_FOREIGN_REFERENCE" }),
    );
  });
});
