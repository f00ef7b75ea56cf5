import { defineConfig, object } from "@dext/providers";
import { describe, expect, test } from "vitest";
import { groupUses } from "../../../../hosting/src/configuration/group-uses.ts";
import type { ConfigurationModel } from "../../../../hosting/src/model/resource-model.ts";

const definition = defineConfig({ layers: [object({ a: 1 })] });

/** The resources that share a load, by the configurations of each. */
function grouped(configurations: Readonly<Record<string, Partial<ConfigurationModel>>>): string[] {
  const model: ConfigurationModel = {
    definition,
    keys: ["*"],
    optional: [],
    onChange: "restart",
    prefix: "",
    from: [],
  };
  const resources = Object.entries(configurations).map(
    ([name, own]) => [name, { configurations: [{ ...model, ...own }] }] as const,
  );
  return groupUses(new Map(resources)).map((uses) => uses.map(({ resource }) => resource).join());
}

describe("the uses of a configuration", () => {
  test("share a load where definition, folder and servers are the same, whatever else each is given", () => {
    const other = defineConfig({ layers: [object({ a: 1 })] });
    const groups = grouped({
      one: {},
      two: { keys: ["a"], prefix: "APP__", onChange: "none" },
      elsewhere: { directory: "api" },
      unlike: { definition: other },
      remote: { from: ["settings"] },
    });
    expect(groups).toEqual(["one,two", "elsewhere", "unlike", "remote"]);
  });

  test("share none where another server comes first, which is the one that a source without a connection means", () => {
    expect(grouped({ one: { from: ["blue", "green"] }, other: { from: ["green", "blue"] } })).toEqual([
      "one",
      "other",
    ]);
  });
});
