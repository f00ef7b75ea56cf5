import { defineConfig, treeOfPaths, valueNode } from "@dext/providers";
import type { ConfigDefinition, WatchContext } from "@dext/providers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RunConfigurations } from "../../../../hosting/src/configuration/run-configurations.ts";
import type { ResourceBuilder } from "../../../../hosting/src/model/resource-builder.ts";
import type { ExpressionScope } from "../../../../hosting/src/orchestration/resolve-expression.ts";
import { addService, newModel } from "../../../fixtures/model.ts";

/** A source that holds what it is told to, and can break. */
class TestSource {
  readonly definition: ConfigDefinition = defineConfig({
    debounce: 0,
    layers: [
      {
        provider: "test",
        label: "source",
        create: () => ({
          load: () => Promise.resolve().then(() => this.#load()),
          watch: (context) => {
            this.#context = context;
            return { close: () => undefined };
          },
        }),
      },
    ],
  });
  #context: WatchContext | undefined;
  #values: Readonly<Record<string, string>> = {};
  #failure: Error | undefined;

  set(values: Readonly<Record<string, string>>): void {
    this.#values = values;
    this.#failure = undefined;
    this.#context?.onChange();
  }

  break(failure: Error): void {
    this.#failure = failure;
    this.#context?.onChange();
  }

  #load(): { tree: ReturnType<typeof treeOfPaths> } {
    if (this.#failure !== undefined) throw this.#failure;
    const origin = { provider: "test", location: "source" };
    const nodes = Object.entries(this.#values).map(([key, value]) => ({
      path: key.split("."),
      node: valueNode(value, { origin }),
    }));
    return { tree: treeOfPaths(nodes, { origin }) };
  }
}

const nowhere: ExpressionScope = {
  endpoint: () => "",
  connectionString: () => "",
  property: () => "",
  parameter: () => "",
};

let configurations: RunConfigurations | undefined;
afterEach(() => configurations?.close());

/** The configurations of a run with one service, loaded, and what is told of them. */
async function load(
  configure: (service: ResourceBuilder) => unknown,
): Promise<{ configurations: RunConfigurations; changed: string[]; told: string[]; end: () => void }> {
  const host = newModel();
  configure(addService(host, "api"));
  const model = host.build();
  const [changed, told]: [string[], string[]] = [[], []];
  configurations = new RunConfigurations({
    model,
    resources: new Map(model.resources.map((each) => [each.name, each])),
    addresses: nowhere,
    environment: {},
    notify: ({ message }) => void told.push(message),
  });
  await configurations.load();
  let isOver = false;
  configurations.follow({
    onChange: (resource) => void changed.push(resource),
    onProblems: () => undefined,
    isOver: () => isOver,
  });
  return { configurations, changed, told, end: () => (isOver = true) };
}

describe("the configurations of a run", () => {
  test("tell no change of what the AppHost itself gives a resource in its place", async () => {
    const source = new TestSource();
    source.set({ "db.host": "one", "db.port": "1" });
    const { configurations: own, changed } = await load((service) =>
      service.withConfiguration(source.definition, ["db.*"]).withEnvironment("DB__HOST", "mine"),
    );
    own.take("api", 0);
    const outdated = (): string[] => own.outdated("api", { replica: 0, onChange: "restart" });
    source.set({ "db.host": "two", "db.port": "1" });
    await vi.waitFor(() => expect(own.variablesOf("api")[0]?.value).toBe("two"));
    expect([changed, outdated()]).toEqual([[], []]);
    source.set({ "db.host": "three", "db.port": "2" });
    await vi.waitFor(() => expect(changed).toEqual(["api"]));
    expect(outdated()).toEqual(["DB__PORT"]);
  });

  test("tell of a source that does not answer, and of none once the run ends, since that stops its servers", async () => {
    const source = new TestSource();
    source.set({ a: "1" });
    const { told, end } = await load((service) => service.withConfiguration(source.definition, ["a"]));
    source.break(new Error("gone"));
    await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(/test source is STALE: .*gone/)]));
    source.set({ a: "2" });
    await vi.waitFor(() => expect(told[1]).toMatch(/test source is well again/));
    end();
    source.break(new Error("stopped"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toHaveLength(2);
  });
});
