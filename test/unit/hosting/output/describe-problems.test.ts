import { expect, it } from "vitest";
import { describeProblems } from "@dext/hosting/output";
import type { ResourceSnapshot } from "@dext/protocol";

const snapshot: ResourceSnapshot = {
  name: "api",
  kind: "node",
  replica: 0,
  state: "Running",
  since: 0,
  health: "Healthy",
  generation: 1,
  restarts: 0,
  endpoints: [],
};

it("says nothing of a configuration that is well", () => {
  expect(describeProblems(snapshot)).toBeUndefined();
});

it("says which sources are not well, since when and why, in a line", () => {
  const since = new Date(2026, 1, 3, 14, 2, 11).getTime();
  const configurationProblems = [
    { source: "consul shop/", state: "STALE", message: "no answer\nand more", since },
    { source: "values", state: "INVALID", message: '1 value does not fit:\n  "a": too big', since },
    { source: "file a.yaml", state: "STALE", message: "3 are wrong:\n  one\n  two\n  three", since },
  ] as const;
  expect(describeProblems({ ...snapshot, configurationProblems })).toBe(
    'configuration: consul shop/ is STALE since 14:02:11 (no answer); values are INVALID since 14:02:11 (1 value does not fit: "a": too big); file a.yaml is STALE since 14:02:11 (3 are wrong: one, and 2 more)',
  );
});
