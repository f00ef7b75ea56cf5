import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger, systemClock } from "@dext/core";
import { openLogFolder } from "../../../../hosting/src/logs/log-folder.ts";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";
import type { LogStore } from "../../../../hosting/src/logs/log-store.ts";

const run = promisify(execFile);
const mayMount = process.platform === "linux" && process.getuid?.() === 0 && (await canMount());

let disk: string;

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "dext-mount-test-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    await run("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function writeLines(store: LogStore, { from, count }: { from: number; count: number }): void {
  const lines = Array.from({ length: count }, (_, index) => `line ${from + index} `.padEnd(99, "x"));
  store.sink("api", 0).write("stdout", Buffer.from(`${lines.join("\n")}\n`));
}

async function numbers(lines: AsyncIterable<{ text: string; stream: string }>): Promise<number[]> {
  const found: number[] = [];
  for await (const { text, stream } of lines) if (stream === "stdout") found.push(Number(text.split(" ")[1]));
  return found;
}

// Only root may mount a small file system.
describe.skipIf(!mayMount)("a log store on a full disk", () => {
  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), "dext-disk-test-"));
    await run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
  });

  afterEach(async () => {
    await run("umount", [disk]);
    await rm(disk, { recursive: true, force: true });
  });

  test("keeps the newest lines in memory, says so once, counts, and goes on when there is room", async () => {
    const notices: string[] = [];
    let ahead = 0;
    const store = createLogStore({
      directory: join(disk, "run"),
      ringBytes: 4_194_304,
      clock: { ...systemClock, monotonic: () => performance.now() + ahead },
      logger: { ...silentLogger, warn: (_, attributes) => notices.push(String(attributes?.["code"])) },
    });
    await writeFile(join(disk, "filler"), Buffer.alloc(1_048_576));
    for (let from = 0; from < 20_000; from += 1000) {
      writeLines(store, { from, count: 1000 });
      await store.flush();
    }
    expect(notices).toEqual(["DEXT_LOGS_DISK_FULL"]);
    expect(await numbers(store.read())).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
    const [dropped] = store.dropped();
    expect(dropped!.unwritten).toBeGreaterThan(10_000);
    const said: string[] = [];
    for await (const { text, stream } of store.read()) if (stream === "system") said.push(text);
    expect(said).toEqual([
      `Log lines cannot be written to "${join(disk, "run")}": the disk is full. The newest stay in memory.`,
    ]);

    await rm(join(disk, "filler"));
    ahead = 6000;
    writeLines(store, { from: 20_000, count: 1000 });
    await store.close();
    const folder = await openLogFolder(join(disk, "run"));
    const kept = await numbers(folder.read());
    expect(kept.slice(-1000)).toEqual(Array.from({ length: 1000 }, (_, index) => 20_000 + index));
    expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
    // The line that tells of the full disk is among those that were not written.
    expect(kept.length + store.dropped()[0]!.unwritten).toBe(21_001);
    const marks: string[] = [];
    for await (const { text, stream } of folder.read()) if (stream === "system") marks.push(text);
    expect(marks).toEqual([`… ${store.dropped()[0]!.unwritten} lines skipped`]);
    for (const name of await readdir(join(disk, "run"))) {
      expect((await readFile(join(disk, "run", name), "utf8")).endsWith("\n")).toBe(true);
    }
  });

  test("works without any room at all", async () => {
    await mkdir(join(disk, "run"));
    await writeFile(join(disk, "filler"), Buffer.alloc(2_097_152)).catch(() => {});
    const store = createLogStore({ directory: join(disk, "run") });
    writeLines(store, { from: 0, count: 1000 });
    await store.close();
    expect(await numbers(store.read({ tail: 1001 }))).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
    expect(await readdir(join(disk, "run"))).toEqual([]);
  });
});
