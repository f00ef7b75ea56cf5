import { describe, expect, test } from "vitest";
import type { ResourceSnapshot, ResourceState } from "@dext/protocol";
import { controlError } from "../../../../hosting/src/control/error-codes.ts";
import type { controlErrorCodes } from "../../../../hosting/src/control/error-codes.ts";
import { hasReached, waitForState, waitTargets } from "../../../../cli/src/run/wait-for-state.ts";
import type { WaitTarget } from "../../../../cli/src/run/wait-for-state.ts";
import { createInMemoryRun, infoOf } from "../../../fixtures/control/in-memory-run.ts";
import type { InMemoryRun } from "../../../fixtures/control/in-memory-run.ts";

function snapshot(name: string, state: ResourceState, health: ResourceSnapshot["health"]): ResourceSnapshot {
  return {
    name,
    kind: "node",
    replica: 0,
    state,
    health,
    since: 0,
    generation: 1,
    restarts: 0,
    endpoints: [],
  };
}

const wait = (
  run: InMemoryRun,
  {
    names = [],
    target = "healthy",
    timeout = 5000,
  }: { names?: string[]; target?: WaitTarget; timeout?: number } = {},
) => waitForState({ client: run, names, target, signal: AbortSignal.timeout(timeout), check: () => {} });

function createRun(...resources: ResourceSnapshot[]): InMemoryRun {
  const run = createInMemoryRun({ info: infoOf("abcd1234", "/tmp"), resources });
  run.setState("Running");
  return run;
}

test.each([
  ["Running", "Healthy", ["healthy", "running"]],
  ["Running", "Unhealthy", ["running"]],
  ["Finished", "Unknown", ["healthy", "running", "finished", "stopped"]],
  ["Exited", "Unknown", ["stopped"]],
  ["Stopped", "Unknown", ["stopped"]],
  ["NotStarted", "Unknown", ["stopped"]],
  ["Waiting", "Unknown", []],
  ["Restarting", "Unknown", []],
] as const)("a resource that is %s and %s has reached %j", (state, health, reached) => {
  expect(waitTargets.filter((target) => hasReached(snapshot("api", state, health), target))).toEqual(reached);
});

describe("waitForState", () => {
  test("answers at once when all is there, and reads on no longer", async () => {
    const run = createRun(snapshot("api", "Running", "Healthy"));
    expect(await wait(run)).toMatchObject({ because: "reached", missing: [] });
    await expect.poll(() => run.openStreams()).toBe(0);
  });

  test("is not misled by what was the case before", async () => {
    const run = createRun(snapshot("api", "Starting", "Unknown"));
    const before = snapshot("api", "Running", "Healthy");
    run.emit({ type: "resource", resource: "api", replica: 0, data: { snapshot: before } });
    expect(await wait(run, { timeout: 100 })).toMatchObject({ because: "timeout" });
  });

  test("waits for the change", async () => {
    const run = createRun(snapshot("api", "Starting", "Unknown"));
    const waiting = wait(run);
    const after = snapshot("api", "Running", "Healthy");
    run.resources[0] = after;
    run.emit({ type: "resource", resource: "api", replica: 0, data: { snapshot: after } });
    expect(await waiting).toMatchObject({ because: "reached" });
  });

  test("gives up as soon as one has failed, unless its end is what is waited for", async () => {
    const run = createRun(snapshot("api", "Exited", "Unknown"), snapshot("web", "Running", "Healthy"));
    expect(await wait(run)).toMatchObject({ because: "failed", missing: [{ name: "api" }] });
    expect(await wait(run, { names: ["web"] })).toMatchObject({ because: "reached" });
    expect(await wait(run, { names: ["api"], target: "stopped" })).toMatchObject({ because: "reached" });
  });

  test("does not wait for what is started by hand, unless it is named", async () => {
    const run = createRun(snapshot("api", "Running", "Healthy"), snapshot("later", "NotStarted", "Unknown"));
    expect(await wait(run)).toMatchObject({ because: "reached" });
    expect(await wait(run, { names: ["later"], timeout: 50 })).toMatchObject({ because: "timeout" });
  });

  test("ends with the run", async () => {
    const run = createRun(snapshot("api", "Running", "Unhealthy"));
    const waiting = wait(run);
    const stopped = wait(run, { target: "stopped" });
    run.setState("Stopped");
    run.end();
    expect(await waiting).toMatchObject({ because: "ended", missing: [{ name: "api" }] });
    expect(await stopped).toMatchObject({ because: "reached" });
  });

  test.each(["DEXT_CONTROL_UNREACHABLE", "DEXT_CONTROL_CONNECTION_LOST"] as const)(
    "takes a run that went away (%s) for one that has ended",
    async (code) => {
      const run = createRun(snapshot("api", "Running", "Unhealthy"));
      const waiting = [wait(failing(run, code)), wait(failing(run, code), { target: "stopped" })];
      expect(await Promise.all(waiting)).toMatchObject([{ because: "ended" }, { because: "reached" }]);
    },
  );

  test.each(["snapshot", "events"] as const)("fails when its %s cannot be read", async (what) => {
    const run = createRun(snapshot("api", "Running", "Unhealthy"));
    const waiting = wait(failing(run, "DEXT_CONTROL_UNAUTHORIZED", what), { target: "stopped" });
    await expect(waiting).rejects.toMatchObject({ code: "DEXT_CONTROL_UNAUTHORIZED" });
  });
});

/** The run, of which something cannot be read after the first snapshot. */
function failing(
  run: InMemoryRun,
  code: keyof typeof controlErrorCodes,
  what: "snapshot" | "events" = "snapshot",
): InMemoryRun {
  const fail = (): never => {
    throw controlError(code, "not today");
  };
  let looks = 0;
  return {
    ...run,
    ...(what === "events" ? { events: fail } : {}),
    snapshot: () => (looks++ > 0 && what === "snapshot" ? fail() : run.snapshot()),
  };
}
