import { describe, expect, it } from "vitest";
import { defineConfig, object } from "@dext/providers";
import { addService, addStore, newModel } from "../../../fixtures/model.ts";

const definition = defineConfig({ layers: [object({ a: 1 })] });

describe("withConfiguration", () => {
  it.each([
    [
      "no definition",
      {},
      ["a"],
      {},
      /The configuration of "api" is no definition, at .*configuration\.test\.ts:\d+/,
    ],
    ["no keys", definition, [], {}, /has no keys/],
    ["a prefix that is none", definition, ["a"], { prefix: "a b" }, /has the prefix "a b"/],
    ["a key that is no path", definition, ["a..b"], {}, /Not a path into the configuration: "a\.\.b"/],
  ])("refuses %s", (_title, given, keys, options, message) => {
    const api = addService(newModel(), "api");
    expect(() => api.withConfiguration(given as typeof definition, keys, options)).toThrow(message);
  });

  it("takes several configurations, and restarts on changes unless it is told otherwise", () => {
    const host = newModel();
    addService(host, "api")
      .withConfiguration(definition, ["a"])
      .withConfiguration(definition, ["b.*"], { onChange: "signal", prefix: "B__", optional: ["c"] });
    expect(host.build().resources[0]?.configurations).toEqual([
      { definition, keys: ["a"], optional: [], onChange: "restart", prefix: "", from: [] },
      { definition, keys: ["b.*"], optional: ["c"], onChange: "signal", prefix: "B__", from: [] },
    ]);
  });

  it("waits for the servers that its values come from, and refers to none of them", () => {
    const host = newModel();
    const store = addStore(host, "store");
    addService(host, "api")
      .waitFor(store)
      .withConfiguration(definition, ["a"], { from: [store, store] });
    addService(host, "web").withConfiguration(definition, ["a"], { from: [store] });
    for (const { name, waits, references, configurations } of host.build().resources.slice(1)) {
      expect([name, waits]).toEqual([name, [{ resource: "store", until: "healthy" }]]);
      expect(references).toEqual([]);
      expect(configurations[0]?.from).toEqual(["store"]);
    }
  });

  it("refuses servers of another builder", () => {
    const store = addStore(newModel(), "store");
    const api = addService(newModel(), "api");
    expect(() => api.withConfiguration(definition, ["a"], { from: [store] })).toThrow(
      /Another builder's resource/,
    );
  });
});
