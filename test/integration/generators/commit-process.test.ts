import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { ChangePlan } from "@dext/generators";
import { commit, PlanBuilder, recover } from "@dext/generators";
import { describe, expect, it, onTestFinished } from "vitest";
import { smallChange, writeSampleTree } from "../../fixtures/generators/sample-change.ts";
import { snapshot, targetFolder } from "../../fixtures/generators/target-folder.ts";

const script = join(import.meta.dirname, "../../fixtures/generators/commit-process.ts");
const isRoot = process.getuid?.() === 0;

describe("a process that commits", () => {
  it("leaves all or nothing when it is killed at any step, and its lock binds nobody", async () => {
    const outcomes = new Set<string>();
    let step = 0;
    let kills = 0;
    let isThrough = false;
    const work = async (): Promise<void> => {
      while (!isThrough) {
        step += 1;
        const killAt = step;
        const root = join(await targetFolder({}, { inMemory: true }), "tree");
        mkdirSync(root);
        writeSampleTree(root);
        const before = JSON.stringify(snapshot(root));
        const { signal } = await run(smallChange(root), { killAt });
        if (signal === null) isThrough = true;
        else kills += 1;
        await recover(root);
        const now = snapshot(root);
        expect(leftovers(root), `step ${killAt}`).toEqual([]);
        outcomes.add(sideOf(now, { before, at: killAt }));
      }
    };
    await Promise.all([work(), work(), work()]);
    expect(kills).toBeGreaterThan(30);
    expect(outcomes).toEqual(new Set(["before", "after"]));
  }, 120_000);

  it("gets the lock, or is told who holds it, when several start at once; all get through in the end", async () => {
    const root = await targetFolder();
    const names = ["a", "b", "c", "d"];
    const refusals: unknown[] = [];
    await Promise.all(
      names.map(async (name) => {
        for (;;) {
          const builder = new PlanBuilder(root);
          for (let index = 0; index < 40; index += 1) builder.write(`${name}/${index}.txt`, name);
          const { code, output } = await run(builder.build(), {});
          if (code === 0) return;
          refusals.push(output.error);
        }
      }),
    );
    for (const refusal of refusals) {
      // A plan may also be overtaken between two looks at ".dext".
      expect(refusal).toMatchObject({ code: expect.stringMatching(/LOCKED|TARGET_CHANGED/) as string });
    }
    expect(names.flatMap((name) => readdirSync(join(root, name)))).toHaveLength(160);
    expect(leftovers(root)).toEqual([]);
  }, 120_000);

  it.skipIf(!isRoot)("changes nothing in folders that it may not write to", async () => {
    const root = await targetFolder({ "open/a.txt": "a", "closed/b.txt": "b" });
    for (const folder of ["", "open"]) chmodSync(join(root, folder), 0o777);
    chmodSync(join(root, "closed"), 0o755);
    const builder = new PlanBuilder(root);
    builder.write("open/a.txt", "A");
    builder.write("open/new/c.txt", "C");
    builder.write("closed/b.txt", "B");
    const before = snapshot(root);
    const { code, output } = await run(builder.build(), { user: 65_534 });
    expect({ code, output }).toMatchObject({
      code: 1,
      output: { error: { code: "DEXT_GENERATE_COMMIT_FAILED", details: { reason: "EACCES" } } },
    });
    expect(snapshot(root)).toEqual(before);
  });

  it("changes nothing when a file would be larger than the process may write", async () => {
    const root = await targetFolder({ "a.txt": "a" });
    const builder = new PlanBuilder(root);
    builder.write("a.txt", "A");
    builder.write("b.txt", "b".repeat(100_000));
    const before = snapshot(root);
    const { code, output } = await run(builder.build(), { limitBlocks: 16 });
    expect({ code, output }).toMatchObject({
      code: 1,
      output: { error: { code: "DEXT_GENERATE_COMMIT_FAILED", details: { reason: "EFBIG" } } },
    });
    expect(snapshot(root)).toEqual(before);
  });
});

const full = { code: "DEXT_GENERATE_COMMIT_FAILED", hint: "Make room on the disk, then try again." };
const canMount = isRoot && tryMount();

describe.skipIf(!canMount)("a disk that is full", () => {
  it.each([0, 4, 8, 16, 24, 32, 40, 48, 64])("with %i KiB left leaves all or nothing", async (left) => {
    const root = join(mountSmallDisk(), "tree");
    mkdirSync(root);
    writeFileSync(join(root, "a.txt"), "a");
    const builder = new PlanBuilder(root);
    builder.write("a.txt", "A".repeat(9000));
    for (const name of ["b", "c", "d"]) builder.write(`${name}/${name}.txt`, name.repeat(9000));
    const plan = builder.build();
    const before = snapshot(root);
    fillDisk(join(root, "../filler"), left);
    const failure = await commit(plan).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(leftovers(root)).toEqual([]);
    expect(failure ?? full).toMatchObject(full);
    const whole = { "d/d.txt": `file 644 ${"d".repeat(9000)}` };
    expect(snapshot(root)).toMatchObject(failure === undefined ? whole : before);
    expect("d" in snapshot(root)).toBe(failure === undefined);
    rmSync(join(root, "../filler"));
    if (failure !== undefined) await commit(plan);
    expect(snapshot(root)).toMatchObject(whole);
  });
});

/** Bit by bit as before, or with everything in place. */
function sideOf(now: Record<string, string>, { before, at }: { before: string; at: number }): string {
  if (JSON.stringify(now) === before) return "before";
  expect(now, `step ${at}`).toMatchObject({
    "edited.txt": "file 644 one\r\n2\r\n3\r\n",
    "api/src/main.ts": "file 644 console.log(1);\n",
    "run.sh": "file 751 echo 1\n",
  });
  expect(now, `step ${at}`).not.toHaveProperty(["deleted/only.txt"]);
  return "after";
}

interface Ended {
  code: number | null;
  signal: string | null;
  output: { error?: unknown };
}

function run(
  plan: ChangePlan,
  { limitBlocks, ...order }: { killAt?: number; user?: number; limitBlocks?: number },
): Promise<Ended> {
  const planFile = join(plan.target, `../${plan.target.replaceAll("/", "_")}.${runs++}.plan.json`);
  writeFileSync(planFile, JSON.stringify(plan), { mode: 0o644 });
  onTestFinished(() => rmSync(planFile, { force: true }));
  const node = [
    process.execPath,
    "--conditions=@dext/source",
    script,
    JSON.stringify({ planFile, ...order }),
  ];
  // Ignored signals stay ignored after exec: the write then fails instead of the process.
  const limited = ["/bin/sh", "-c", `trap '' XFSZ; ulimit -f ${limitBlocks}; exec "$@"`, "sh", ...node];
  const [command = "", ...args] = limitBlocks === undefined ? node : limited;
  return new Promise((resolve) => {
    const child = execFile(command, args, (_error, stdout) => {
      const output = (stdout === "" ? {} : JSON.parse(stdout)) as Ended["output"];
      resolve({ code: child.exitCode, signal: child.signalCode, output });
    });
  });
}
let runs = 0;

function leftovers(root: string): string[] {
  return Object.keys(snapshot(root)).filter((path) => /\.dext-|\.dext\/commit|draft/.test(path));
}

function mountSmallDisk(): string {
  const root = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", root]);
  onTestFinished(() => {
    execFileSync("umount", [root]);
    rmSync(root, { recursive: true });
  });
  return root;
}

function tryMount(): boolean {
  const root = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", root], { stdio: "ignore" });
    execFileSync("umount", [root]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Leaves so many KiB free. */
function fillDisk(path: string, left: number): void {
  const free = execFileSync("stat", ["-f", "-c", "%a %S", join(path, "..")], { encoding: "utf8" }).split(" ");
  writeFileSync(path, Buffer.alloc(Math.max(0, Number(free[0]) * Number(free[1]) - left * 1024)));
}
