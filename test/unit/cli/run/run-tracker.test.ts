import { expect, test } from "vitest";
import type { ResourceSnapshot, RunEvent } from "@dext/protocol";
import { createResourceLabels } from "../../../../hosting/src/output/resource-label.ts";
import { createRunTracker } from "../../../../hosting/src/output/run-tracker.ts";

function snapshot(values: Partial<ResourceSnapshot>): ResourceSnapshot {
  return {
    name: "api",
    kind: "node",
    replica: 0,
    state: "Running",
    since: 0,
    health: "Healthy",
    generation: 1,
    restarts: 0,
    endpoints: [],
    ...values,
  };
}

function changed(values: Partial<ResourceSnapshot>): RunEvent {
  const data = { snapshot: snapshot(values) };
  return { type: "resource", seq: 1, time: 0, resource: data.snapshot.name, replica: 0, data };
}

const isRunning: RunEvent = { type: "run", seq: 1, time: 0, data: { state: "Running" } };

test("a run is settled when it runs and every resource is up, failed, or started by hand only", () => {
  const tracker = createRunTracker();
  tracker.apply(changed({}));
  expect(tracker.isSettled()).toBe(false);
  tracker.apply(isRunning);
  expect(tracker.isSettled()).toBe(true);
  tracker.apply(changed({ name: "web", health: "Unknown" }));
  expect(tracker.isSettled()).toBe(false);
  tracker.apply(changed({ name: "web", state: "Exited", health: "Unknown" }));
  tracker.apply(changed({ name: "job", state: "Finished", health: "Unknown" }));
  tracker.apply(changed({ name: "later", state: "NotStarted", health: "Unknown" }));
  expect(tracker.isSettled()).toBe(true);
  expect(tracker.failed().map(({ name }) => name)).toEqual(["web"]);
  tracker.apply(changed({ name: "web" }));
  expect(tracker.failed()).toEqual([]);
});

test("a resource is called by its name, with its number once there is more than one replica", () => {
  const labels = createResourceLabels();
  labels.learn([
    { name: "a", replica: 0 },
    { name: "web", replica: 0 },
    { name: "web", replica: 1 },
  ]);
  expect(labels.label({ name: "a", replica: 0 })).toBe("a");
  expect(labels.label({ name: "web", replica: 0 })).toBe("web.0");
  expect(labels.padded({ name: "a", replica: 0 })).toBe("a    ");
  expect([labels.index("a"), labels.index("web")]).toEqual([0, 1]);
});
