import { loadConfig, object } from "@dext/providers";
import { expect, it } from "vitest";

const surroundings = { variables: {}, args: [], environment: "development" };

it("explain tells of lists and objects that hold nothing", async () => {
  const layers = [object({ list: [], options: {}, deep: { none: {} } })];
  const config = await loadConfig({ layers }, surroundings);
  expect(config.explain("").map(({ path, value }) => [path, value])).toEqual([
    ["list", "[]"],
    ["options", "{}"],
    ["deep.none", "{}"],
  ]);
  expect(config.explain("list")).toHaveLength(1);
  expect((await loadConfig({ layers: [] }, surroundings)).explain("")).toEqual([]);
});

it("explain tells which list an element hides, with its secrets masked", async () => {
  const layers = [
    object({ servers: [{ name: "old", password: "hunter2" }], tags: ["a"] }, { name: "one" }),
    object({ servers: [{ name: "new", password: "hunter3" }], tags: [] }, { name: "two" }),
  ];
  const config = await loadConfig({ layers, secrets: ["servers.*.password"] }, surroundings);
  expect(config.explain("tags")).toMatchObject([
    { value: "[]", shadowed: [{ value: '["a"]', origin: { location: "one" } }] },
  ]);
  expect(config.explain("servers.0.name")).toMatchObject([
    { value: "new", shadowed: [{ value: "***", origin: { location: "one" } }] },
  ]);
  expect(JSON.stringify(config.explain(""))).not.toContain("hunter");
});
