import { describe, expect, it } from "vitest";
import { addService, addStore, idleLauncher, newModel } from "../../../fixtures/model.ts";

function refusal(action: () => unknown): { code: string; message: string; hint: string } {
  try {
    action();
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
  throw new Error("nothing was refused");
}

describe("names", () => {
  it.each(["", "Api", "api_1", "1api", "api-", "a".repeat(64), "api.x", 'a"b', "ä"])("refuses %j", (name) => {
    const host = newModel();
    expect(refusal(() => addService(host, name)).code).toBe("DEXT_MODEL_NAME_INVALID");
  });

  it("takes 63 letters, digits and hyphens", () => {
    const host = newModel();
    addService(host, `a${"-b".repeat(31)}`);
    expect(host.build().resources).toHaveLength(1);
  });

  it("proposes a name that would do, and says where the wrong one stands", () => {
    const error = refusal(() => addService(newModel(), "OrderApi"));
    expect(error.hint).toContain('"order-api"');
    expect(error.message).toMatch(/fixtures\/model\.ts:\d+:\d+/);
  });

  it("names both places of a name that is given twice", () => {
    const host = newModel();
    addService(host, "api");
    const error = refusal(() => addService(host, "api"));
    expect(error.code).toBe("DEXT_MODEL_NAME_TAKEN");
    expect(error.message.match(/model\.ts:\d+:\d+/g)).toHaveLength(2);
  });

  it("lets a parameter have the name of a resource", () => {
    const host = newModel();
    addService(host, "api");
    host.addParameter("api");
    expect(host.build().parameters).toHaveLength(1);
  });
});

describe("references", () => {
  it("are refused to a resource of another builder", () => {
    const other = addService(newModel(), "api");
    const web = addService(newModel(), "web");
    expect(refusal(() => web.withReference(other)).code).toBe("DEXT_MODEL_FOREIGN_REFERENCE");
    expect(refusal(() => web.waitFor(other)).code).toBe("DEXT_MODEL_FOREIGN_REFERENCE");
    expect(refusal(() => web.withEnvironment("A", other.endpoint("http"))).code).toBe(
      "DEXT_MODEL_FOREIGN_REFERENCE",
    );
    expect(refusal(() => web.withArgs(other.endpoint("http").port)).code).toBe(
      "DEXT_MODEL_FOREIGN_REFERENCE",
    );
  });

  it("are refused to an endpoint that is not there, naming those that are", () => {
    const error = refusal(() => addService(newModel(), "api").endpoint("admin"));
    expect(error.code).toBe("DEXT_MODEL_ENDPOINT_UNKNOWN");
    expect(error.hint).toContain('"http"');
  });

  it("are refused to a property that is not there, naming those that are", () => {
    const error = refusal(() => addStore(newModel(), "db").property("user"));
    expect(error.code).toBe("DEXT_MODEL_PROPERTY_UNKNOWN");
    expect(error.hint).toContain('"databaseName"');
  });

  it("cannot be pasted into text", () => {
    const api = addService(newModel(), "api");
    // oxlint-disable-next-line typescript/restrict-template-expressions, typescript/no-base-to-string -- the mistake itself
    expect(refusal(() => `${api.endpoint("http")}/v1`).code).toBe("DEXT_MODEL_EXPRESSION_IN_TEXT");
  });
});

describe("waits", () => {
  it("refuse a cycle, naming its members and where they stand", () => {
    const host = newModel();
    const [a, b, c] = ["a", "b", "c"].map((name) => addService(host, name)) as [never, never, never];
    link(a, b);
    link(b, c);
    link(c, a);
    const error = refusal(() => host.build());
    expect(error.code).toBe("DEXT_MODEL_WAIT_CYCLE");
    expect(error.message).toContain("a → b → c → a");
    expect(error.hint).toMatch(/"b" at .*model\.ts/);
  });

  it("refuse a resource that waits for itself", () => {
    const host = newModel();
    const a = addService(host, "a");
    a.waitFor(a);
    expect(refusal(() => host.build()).message).toContain("a → a");
  });

  it("may meet again without being a cycle", () => {
    const host = newModel();
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => addService(host, name)) as [
      never,
      never,
      never,
      never,
    ];
    link(a, b);
    link(a, c);
    link(b, d);
    link(c, d);
    expect(host.build().resources).toHaveLength(4);
  });
});

describe("ports", () => {
  it("are refused when two resources fix the same one", () => {
    const host = newModel();
    addService(host, "a").withHttpEndpoint({ port: 8080 });
    addService(host, "b").withHttpEndpoint({ port: 8080 });
    const error = refusal(() => host.build());
    expect(error.code).toBe("DEXT_MODEL_PORT_TAKEN");
    expect(error.message).toMatch(/"a".*"b"/);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])("refuse %d", (port) => {
    expect(refusal(() => addService(newModel(), "a").withEndpoint({ port })).code).toBe(
      "DEXT_MODEL_OPTION_INVALID",
    );
  });
});

describe("a model", () => {
  it("does not change after build()", () => {
    const host = newModel();
    const api = addService(host, "api");
    const model = host.build();
    api.withEnvironment("LATE", "1").withReplicas(3);
    addService(host, "late");
    expect(
      model.resources.map(({ name, replicas, environment }) => ({ name, replicas, environment })),
    ).toEqual([{ name: "api", replicas: 1, environment: [] }]);
    expect(() => (model.resources as unknown[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign(model.resources[0] ?? {}, { name: "x" })).toThrow(TypeError);
  });

  it("knows the resource that another one lives in and waits for it", () => {
    const host = newModel();
    const server = addStore(host, "server");
    host.addResource({ name: "orders", kind: "database", launchers: [idleLauncher], parent: server });
    expect(host.build().resources[1]).toMatchObject({
      parent: "server",
      waits: [{ resource: "server", until: "healthy" }],
    });
  });

  it.each([
    [
      "withReplicas",
      (api: ReturnType<typeof addService>) => api.withReplicas(0),
      "DEXT_MODEL_OPTION_INVALID",
    ],
    [
      "withEnvironment",
      (api: ReturnType<typeof addService>) => api.withEnvironment("A=B", "x"),
      "DEXT_MODEL_VARIABLE_INVALID",
    ],
    [
      "withStopTimeout",
      (api: ReturnType<typeof addService>) => api.withStopTimeout("soon"),
      "DEXT_CORE_DURATION_INVALID",
    ],
    [
      "withLauncher",
      (api: ReturnType<typeof addService>) => api.withLauncher("container"),
      "DEXT_MODEL_LAUNCHER_UNKNOWN",
    ],
  ])("refuses a wrong value of %s", (_name, action, code) => {
    expect(refusal(() => action(addService(newModel(), "api"))).code).toBe(code);
  });
});

function link(from: ReturnType<typeof addService>, to: ReturnType<typeof addService>): void {
  from.waitFor(to);
}
