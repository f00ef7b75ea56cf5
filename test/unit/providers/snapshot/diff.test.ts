import { loadConfig, object } from "@dext/providers";
import type { Config } from "@dext/providers";
import { expect, it } from "vitest";

function load(values: Record<string, unknown>): Promise<Config<Readonly<Record<string, unknown>>>> {
  return loadConfig({ layers: [object(values)] }, { variables: {}, args: [], environment: "development" });
}

it.each([
  ["a list without content that comes", {}, { a: [] }, ["added a [] "]],
  ["a list without content that goes", { a: [] }, {}, ["removed a  []"]],
  ["null that becomes a list without content", { a: null }, { a: [] }, ["changed a [] "]],
  ["a list without content that becomes an object", { a: [] }, { a: {} }, ["changed a {} []"]],
  ["a list that is filled", { a: [] }, { a: ["x"] }, ["added a.0 x "]],
  ["a list that is emptied", { a: ["x"] }, { a: [] }, ["removed a.0  x"]],
  ["an object that is emptied", { a: { b: { c: 1 } } }, { a: {} }, ["removed a.b.c  1"]],
  ["an object without content that goes", { a: { b: {} } }, { a: {} }, ["removed a.b  {}"]],
  ["the same", { a: [], b: {} }, { b: {}, a: [] }, []],
])("a difference is told of %s", async (_what, before, after, expected) => {
  const changes = (await load(before)).diff(await load(after));
  expect(
    changes.map(({ kind, path, next = "", previous = "" }) => [kind, path, next, previous].join(" ")),
  ).toEqual(expected);
});
