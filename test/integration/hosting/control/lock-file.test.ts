import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inspectRuns, listRuns } from "@dext/hosting/control";
import {
  findHolder,
  isHeldLock,
  removeDeadLock,
  takeLock,
} from "../../../../hosting/src/control/lock-file.ts";
import type { HeldLock } from "../../../../hosting/src/control/lock-file.ts";
import { readIdentity } from "../../../../hosting/src/processes/process-identity.ts";

const contender = fileURLToPath(new URL("../../../fixtures/control/lock-contender.ts", import.meta.url));
const owner = {
  pid: process.pid,
  startTime: readIdentity(process.pid)?.startTime ?? "",
  run: "abcd1234",
  name: "shop",
};
/** Process 1 lives, and did not start then. */
const dead = { pid: 1, startTime: "1@nowhere", run: "dead0000", name: "shop" };

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-lock-"));
  path = join(folder, "0123456789abcdef.lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function held(): Promise<HeldLock> {
  const lock = await takeLock(path, owner);
  if (!isHeldLock(lock)) throw new Error("Somebody else has the lock");
  return lock;
}

describe("takeLock", () => {
  test("names its holder to whoever comes second, and lets the next one in when it is given back", async () => {
    const lock = await held();
    expect(await takeLock(path, { ...owner, run: "other000" })).toEqual(owner);
    expect(await findHolder(path)).toEqual(owner);
    await lock.release();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await held()).release();
  });

  test.each([
    ["is dead", JSON.stringify(dead)],
    ["cannot be read", "{"],
  ])("replaces a holder who %s", async (_case, text) => {
    await writeFile(path, text);
    expect(await findHolder(path)).toBeUndefined();
    await held();
    expect(await readdir(folder)).toEqual(["0123456789abcdef.lock"]);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(owner);
  });

  test("replaces a dead holder beside one who died while replacing it", async () => {
    await writeFile(path, JSON.stringify(dead));
    await writeFile(`${path}+`, JSON.stringify(dead));
    await held();
    expect(await readdir(folder)).toEqual(["0123456789abcdef.lock"]);
  });

  test("gives back nothing that has become another's", async () => {
    const lock = await held();
    await writeFile(path, JSON.stringify(dead));
    await lock.release();
    expect(await readdir(folder)).toEqual(["0123456789abcdef.lock"]);
  });

  test("goes to exactly one of several processes that try at once, free or left by the dead", async () => {
    const [contenders, rounds, between] = [6, 30, 25];
    for (let round = 0; round < rounds; round += 1) {
      if (round % 3 > 0) await writeFile(join(folder, `${round}.lock`), JSON.stringify(dead));
      if (round % 3 > 1) await writeFile(join(folder, `${round}.lock+`), JSON.stringify(dead));
    }
    const first = Date.now() + 2500;
    const children = Array.from({ length: contenders }, () =>
      spawn(
        process.execPath,
        ["--conditions=@dext/source", contender, folder, ...[rounds, first, between].map(String)],
        { stdio: ["pipe", "pipe", "inherit"] },
      ),
    );
    const exits = children.map((child) => once(child, "exit"));
    try {
      const got = await Promise.all(
        children.map(async (child) => JSON.parse(String((await once(child.stdout, "data"))[0])) as number[]),
      );
      expect(got.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: rounds }, (_, at) => at));
    } finally {
      for (const child of children) child.stdin.end();
      await Promise.all(exits);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a lock whose holder is dead", () => {
  test("is removed, and one of the living is not", async () => {
    await writeFile(path, JSON.stringify(dead));
    await removeDeadLock(path, owner);
    expect(await readdir(folder)).toEqual([]);
    await removeDeadLock(path, owner);
    await held();
    await removeDeadLock(path, owner);
    expect(await findHolder(path)).toEqual(owner);
  });

  test("is among what dead runs have left, and goes when runs are listed", async () => {
    await held();
    const other = join(folder, "fedcba9876543210.lock");
    await writeFile(other, JSON.stringify(dead));
    await writeFile(`${other}+`, JSON.stringify(dead));
    expect((await inspectRuns(folder)).stale.toSorted()).toEqual([other, `${other}+`]);
    expect(await listRuns(folder)).toEqual([]);
    expect(await readdir(folder)).toEqual(["0123456789abcdef.lock"]);
  });
});
