import { afterEach, describe, expect, it, vi } from "vitest";
import { generatedVariables } from "../../../../hosting/src/discovery/generated-variables.ts";
import { describeNode } from "../../../../hosting/src/model/expression.ts";
import type { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { addService, addStore, newModel } from "../../../fixtures/model.ts";

afterEach(() => vi.unstubAllEnvs());

function variablesOf(host: ModelBuilder, name: string, collector?: string): Record<string, string> {
  vi.stubEnv("NODE_ENV", undefined);
  const model = host.build();
  const resources = new Map(model.resources.map((resource) => [resource.name, resource]));
  const resource = resources.get(name);
  if (resource === undefined) throw new Error(`no ${name}`);
  const variables = generatedVariables(resource, {
    model,
    resources,
    replica: 0,
    ...(collector === undefined ? {} : { collector }),
  });
  return Object.fromEntries(variables.map((variable) => [variable.name, describeNode(variable.value)]));
}

describe("a consumer of a service", () => {
  it("is given its addresses as Aspire names them", () => {
    const host = newModel();
    addService(host, "web").withReference(addService(host, "api"));
    expect(variablesOf(host, "web")).toEqual({
      services__api__http__0: "{api.http}",
      API_HTTP: "{api.http}",
      PORT: "{web.http.port}",
      NODE_ENV: "development",
    });
  });

  it("is given an index for each replica", () => {
    const host = newModel();
    addService(host, "web").withReference(addService(host, "api").withReplicas(3));
    expect(Object.keys(variablesOf(host, "web")).filter((name) => name.startsWith("services__"))).toEqual([
      "services__api__http__0",
      "services__api__http__1",
      "services__api__http__2",
    ]);
  });

  it("is given a twin with underscores for a name with hyphens", () => {
    const host = newModel();
    const api = addService(host, "order-api").withEndpoint({ name: "admin-ui", scheme: "http" });
    addService(host, "web").withReference(api);
    const variables = variablesOf(host, "web");
    expect(variables).toMatchObject({
      "services__order-api__http__0": "{order-api.http}",
      services__order_api__http__0: "{order-api.http}",
      "services__order-api__admin-ui__0": "{order-api.admin-ui}",
      services__order_api__admin_ui__0: "{order-api.admin-ui}",
      ORDER_API_HTTP: "{order-api.http}",
      ORDER_API_ADMIN_UI: "{order-api.admin-ui}",
    });
  });

  it("finds an endpoint called http that serves https under https", () => {
    const host = newModel();
    const api = addService(host, "api").withEndpoint({ name: "http", scheme: "https" });
    addService(host, "web").withReference(api);
    expect(variablesOf(host, "web")).toMatchObject({
      services__api__https__0: "{api.http}",
      API_HTTP: "{api.http}",
    });
  });

  it("is told of one endpoint alone when it refers to one", () => {
    const host = newModel();
    const api = addService(host, "api").withEndpoint({ name: "admin", scheme: "http" });
    addService(host, "web").withReference(api.endpoint("admin"));
    const variables = variablesOf(host, "web");
    expect(variables).toHaveProperty("services__api__admin__0");
    expect(variables).not.toHaveProperty("services__api__http__0");
  });

  it("knows it by the name that the reference gives", () => {
    const host = newModel();
    addService(host, "web").withReference(addService(host, "api"), { as: "users" });
    expect(variablesOf(host, "web")).toMatchObject({
      services__users__http__0: "{api.http}",
      USERS_HTTP: "{api.http}",
    });
  });
});

describe("a consumer of a resource with a connection", () => {
  it("is given the connection string, its twin and every property", () => {
    const host = newModel();
    addService(host, "web").withReference(addStore(host, "order-db"));
    expect(variablesOf(host, "web")).toMatchObject({
      "ConnectionStrings__order-db": "{order-db.connectionString}",
      ConnectionStrings__order_db: "{order-db.connectionString}",
      ORDER_DB_HOST: "{order-db.host}",
      ORDER_DB_PORT: "{order-db.port}",
      ORDER_DB_DATABASENAME: "{order-db.databaseName}",
    });
  });
});

describe("generated names", () => {
  it("that two references give different meanings are an error of the model", () => {
    const host = newModel();
    const left = addService(host, "a").withEndpoint({ name: "b-c", scheme: "http" });
    const right = addService(host, "a-b").withEndpoint({ name: "c", scheme: "http" });
    addService(host, "web").withReference(left).withReference(right);
    expect(() => host.build()).toThrow(expect.objectContaining({ code: "DEXT_DISCOVERY_NAME_COLLISION" }));
    expect(() => host.build()).toThrow(/A_B_C/);
  });

  it("that two references give the same meaning are fine", () => {
    const host = newModel();
    const api = addService(host, "api");
    addService(host, "web").withReference(api).withReference(api.endpoint("http"));
    expect(host.build().resources).toHaveLength(2);
  });
});

describe("telemetry", () => {
  it("is set only when a collector is there", () => {
    const host = newModel();
    addService(host, "api");
    expect(Object.keys(variablesOf(host, "api")).filter((name) => name.startsWith("OTEL_"))).toEqual([]);
    expect(variablesOf(host, "api", "http://localhost:4318")).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_SERVICE_NAME: "api",
      OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=api-0",
      OTEL_BSP_SCHEDULE_DELAY: "1000",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_TRACES_SAMPLER: "always_on",
    });
  });

  it("is left out for a resource that does not want it", () => {
    const host = newModel();
    addService(host, "api").withTelemetry(false);
    expect(variablesOf(host, "api", "http://localhost:4318")).not.toHaveProperty("OTEL_SERVICE_NAME");
  });
});

describe("NODE_ENV", () => {
  it("is left as the caller has set it", () => {
    const host = newModel();
    addService(host, "api");
    const model = host.build();
    vi.stubEnv("NODE_ENV", "production");
    const resources = new Map(model.resources.map((resource) => [resource.name, resource]));
    const [resource] = model.resources;
    if (resource === undefined) throw new Error("no resource");
    const names = generatedVariables(resource, { model, resources, replica: 0 }).map(({ name }) => name);
    expect(names).not.toContain("NODE_ENV");
  });
});
