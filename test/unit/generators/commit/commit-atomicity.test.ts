import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DextError } from "@dext/core";
import { systemClock } from "@dext/core";
import type { ChangePlan } from "@dext/generators";
import { PlanBuilder, recover, undo } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { commitOn } from "../../../../generators/src/commit/commit.ts";
import type { CommitMachine } from "../../../../generators/src/commit/commit-machine.ts";
import { recoverOn } from "../../../../generators/src/commit/recover.ts";
import { undoOn } from "../../../../generators/src/state/undo.ts";
import { sampleChange, smallChange, writeSampleTree } from "../../../fixtures/generators/sample-change.ts";
import type { Step } from "../../../fixtures/generators/stepping-file-system.ts";
import { steppingFileSystem } from "../../../fixtures/generators/stepping-file-system.ts";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const kinds = ["cut off before the step", "cut off in the middle of a write"] as const;
type Kind = (typeof kinds)[number];

describe.each(kinds)("a commit that is %s", (kind) => {
  it("leaves all or nothing at every step, once it is recovered", async () => {
    const { outcomes, last } = await tryEveryStep(kind, (machine, plan) => commitOn(plan, machine));
    expect(last).toBeGreaterThan(40);
    expect(outcomes).toEqual(new Set(["before", "after"]));
  });
});

it("a commit that is cut off leaves all or nothing when its recovery is cut off too, at every step of both", async () => {
  const kind = "cut off in the middle of a write";
  const seen = new Set<string>();
  const root = await targetFolder({}, { inMemory: true });
  for (let first = 1; ; first += 1) {
    const { before } = await fresh(root);
    if (await isEnded(commitOn(smallChange(root), cuttingMachine(first, kind)))) break;
    for (let second = 1; !(await isEnded(recoverOn(root, cuttingMachine(second, kind)))); second += 1) {
      await recover(root);
      expectOneOf(root, { before, at: `${first}, recovery at ${second}` });
      await fresh(root);
      await isEnded(commitOn(smallChange(root), cuttingMachine(first, kind)));
    }
    seen.add(expectOneOf(root, { before, at: `${first}` }));
  }
  expect(seen).toEqual(new Set(["before", "after"]));
});

it("an undo that is cut off leaves all or nothing at every step, once it is recovered", async () => {
  const root = await targetFolder({}, { inMemory: true });
  const seen = new Set<string>();
  for (let step = 1; ; step += 1) {
    const { before, plan } = await fresh(root);
    await commitOn(
      plan,
      machineThat(() => {}),
    );
    const after = snapshot(root);
    const isDone = await isEnded(undoOn(root, cuttingMachine(step, "cut off before the step")));
    await recover(root);
    const now = snapshot(root);
    const side = same(now, before) ? "undone" : same(now, after) ? "not undone" : "mixed";
    expect(side, `step ${step}`).not.toBe("mixed");
    seen.add(side);
    if (isDone) break;
  }
  expect(seen).toEqual(new Set(["undone", "not undone"]));
});

describe("a step that the disk refuses", () => {
  it("fails the commit, says why, and leaves nothing, at every step that can fail", async () => {
    const codes = new Set<string>();
    const root = await targetFolder({}, { inMemory: true });
    for (let step = 1; ; step += 1) {
      const { before, plan } = await fresh(root);
      let hit: Step | undefined;
      const refusing = machineThat((current) => {
        if (current.number !== step) return;
        hit = current;
        current.tear();
        throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      });
      const failure = await commitOn(plan, refusing).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      if (hit === undefined) break;
      if (failure !== undefined && failure.message.includes("ENOSPC")) codes.add((failure as DextError).code);
      await recover(root);
      const now = snapshot(root);
      const isBefore = same(now, before);
      // What fails after the last rename only tidies up: then the commit is completed.
      expect(isBefore || "api/src/main.ts" in now, `${hit.name} ${hit.path}`).toBe(true);
      expect(leftovers(now), `${hit.name} ${hit.path}`).toEqual([]);
    }
    expect(codes).toEqual(new Set(["DEXT_GENERATE_COMMIT_FAILED"]));
  });
});

it("a commit into a folder that does not exist leaves no more than an empty folder when it is cut off", async () => {
  const parent = await targetFolder({}, { inMemory: true });
  const root = join(parent, "new/app");
  const seen = new Set<string>();
  for (let step = 1; ; step += 1) {
    await rm(join(parent, "new"), { recursive: true, force: true });
    const isDone = await isEnded(
      commitOn(newTree(root), cuttingMachine(step, "cut off in the middle of a write")),
    );
    await recover(root);
    const files = Object.entries(snapshot(parent)).filter(([, state]) => state.startsWith("file"));
    seen.add(String(files.filter(([path]) => !path.includes(".dext")).length));
    expect(leftovers(snapshot(parent))).toEqual([]);
    if (isDone) break;
  }
  expect(seen).toEqual(new Set(["0", "2"]));
  expect(await undo(root)).toEqual({ undone: ["a.txt", "b/c.txt"], left: [] });
  expect(snapshot(parent)).toEqual({});
});

function newTree(root: string): ChangePlan {
  const builder = new PlanBuilder(root);
  builder.write("a.txt", "a");
  builder.write("b/c.txt", "c");
  return builder.build();
}

/** Cuts a commit at each step in turn; ends when it comes through. */
async function tryEveryStep(
  kind: Kind,
  work: (machine: CommitMachine, plan: ChangePlan) => Promise<unknown>,
): Promise<{ outcomes: Set<string>; last: number }> {
  const root = await targetFolder({}, { inMemory: true });
  const outcomes = new Set<string>();
  for (let step = 1; ; step += 1) {
    const { before, plan } = await fresh(root);
    const isDone = await isEnded(work(cuttingMachine(step, kind), plan));
    await recover(root);
    outcomes.add(expectOneOf(root, { before, at: String(step) }));
    if (!isDone) continue;
    expect(snapshot(root)).toHaveProperty([".dext/generated/service-api.json"]);
    return { outcomes, last: step };
  }
}

async function fresh(root: string): Promise<{ before: Record<string, string>; plan: ChangePlan }> {
  await rm(root, { recursive: true, force: true });
  writeSampleTree(root);
  return { before: snapshot(root), plan: sampleChange(root) };
}

function expectOneOf(root: string, { before, at }: { before: Record<string, string>; at: string }): string {
  const now = snapshot(root);
  expect(leftovers(now), `step ${at}`).toEqual([]);
  if (same(now, before)) return "before";
  expect(now, `step ${at}`).toMatchObject({
    "edited.txt": "file 644 one\r\n2\r\n3\r\n",
    "api/src/main.ts": "file 644 console.log(1);\n",
    "other.txt": "file 600 not ours\n",
    ".dext/undo.json": expect.stringContaining("edited.txt") as string,
  });
  expect(now, `step ${at}`).not.toHaveProperty(["deleted/only.txt"]);
  return "after";
}

function leftovers(tree: Record<string, string>): string[] {
  return Object.keys(tree).filter((path) => /\.dext-|\.dext\/commit|draft/.test(path));
}

let wasCut = false;

/** From the step on nothing reaches the disk any more, as after a kill; its owner counts as dead. */
function cuttingMachine(step: number, kind: Kind): CommitMachine {
  wasCut = false;
  return machineThat((current) => {
    if (current.number < step) return;
    if (current.number === step && kind === "cut off in the middle of a write") current.tear();
    wasCut = true;
    throw new Error("cut off");
  });
}

function machineThat(onStep: (step: Step) => void): CommitMachine {
  return {
    disk: steppingFileSystem(onStep),
    identity: { pid: 4_194_305, startTime: "dead" },
    clock: systemClock,
  };
}

/** Whether it came through without being cut off. */
async function isEnded(work: Promise<unknown>): Promise<boolean> {
  await work.catch((error: unknown) => {
    if (!wasCut) throw error;
  });
  return !wasCut;
}

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
