import { expect, test } from "vitest";
import { nearestName } from "@dext/core";

const names = ["run", "describe", "ps", "logs", "wait", "stop", "doctor"];

test.each([
  ["rnu", "run"],
  ["RUN", "run"],
  ["descrbe", "describe"],
  ["log", "logs"],
  ["sotp", "stop"],
  ["desc", "describe"],
  ["frobnicate", undefined],
  ["", undefined],
  ["x", undefined],
])("nearestName finds for %j %j", (typed, expected) => {
  expect(nearestName(typed, names)).toBe(expected);
});

test("nearestName finds nothing among no names", () => {
  expect(nearestName("run", [])).toBeUndefined();
});
