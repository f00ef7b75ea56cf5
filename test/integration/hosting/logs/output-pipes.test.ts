import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LogLine } from "@dext/protocol";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";
import type { LogStore } from "../../../../hosting/src/logs/log-store.ts";
import { openOutputPipes } from "../../../../hosting/src/logs/output-pipes.ts";
import type { ChildOutput } from "../../../../hosting/src/logs/output-pipes.ts";

let directory: string;
let store: LogStore;
const groups: number[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-pipes-test-"));
  store = createLogStore({ directory: join(directory, "run") });
});

afterEach(async () => {
  for (const group of groups.splice(0)) {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(
  command: string,
  args: readonly string[],
  { plain, env }: { plain: boolean; env?: SpawnOptions["env"] },
): Promise<{ child: ChildProcess; output: ChildOutput }> {
  const pipes = await openOutputPipes({ plain });
  const child = spawn(command, args, {
    stdio: ["ignore", pipes.stdout, pipes.stderr],
    detached: true,
    ...(env === undefined ? {} : { env }),
  });
  if (child.pid !== undefined) groups.push(child.pid);
  return { child, output: pipes.connect(child, store.sink("api", 0)) };
}

async function runOnce({ plain }: { plain: boolean }): Promise<void> {
  const { output } = await start("true", [], { plain });
  await output.drain({ timeout: 5000 });
}

async function openFiles(): Promise<number> {
  return (await readdir("/proc/self/fd")).length;
}

async function lines(): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of store.read()) found.push(line);
  return found;
}

const texts = async (): Promise<string[]> => (await lines()).map(({ text }) => text);

const numbered = (from: number, to: number, text: (index: number) => string): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => text(from + index));

describe.each([
  ["FIFOs", false],
  ["plain pipes", true],
])("output through %s", (_, plain) => {
  test("arrives whole and in order, each stream as itself", async () => {
    const script = `for (let i = 1; i <= 5000; i += 1) {
      require("fs").writeSync(1, "out " + i + " größe 🚀\\n");
      if (i % 10 === 0) require("fs").writeSync(2, "err " + i + "\\n");
    }`;
    const { output } = await start(process.execPath, ["-e", script], { plain });
    expect(await output.drain({ timeout: 15_000 })).toBe(true);
    const all = await lines();
    const of = (stream: string): string[] =>
      all.filter((line) => line.stream === stream).map(({ text }) => text);
    expect(of("stdout")).toEqual(numbered(1, 5000, (index) => `out ${index} größe 🚀`));
    expect(of("stderr")).toEqual(numbered(1, 500, (index) => `err ${index * 10}`));
  });

  test("arrives in time", async () => {
    await start("sh", ["-c", "echo ready; exec sleep 60"], { plain });
    await vi.waitFor(async () => expect(await texts()).toEqual(["ready"]), { timeout: 5000, interval: 10 });
  });

  test("is read to its end after the child has exited", async () => {
    const { child, output } = await start("sh", ["-c", "seq 1 5000; printf last"], { plain });
    await once(child, "exit");
    expect(await output.drain({ timeout: 5000 })).toBe(true);
    expect(await texts()).toEqual([...numbered(1, 5000, String), "last"]);
  });

  test("does not wait for a grandchild that holds the stream", async () => {
    const { child, output } = await start("sh", ["-c", "sleep 60 & printf 'started'"], { plain });
    await once(child, "exit");
    const before = performance.now();
    expect(await output.drain({ timeout: 200 })).toBe(false);
    expect(performance.now() - before).toBeLessThan(5000);
    await output.ended;
    expect(await texts()).toEqual(["started"]);
  });

  test("goes on with what a grandchild says after its parent has exited", async () => {
    const script = "(sleep 0.3; echo late) & echo early";
    const { child, output } = await start("sh", ["-c", script], { plain });
    await once(child, "exit");
    expect(await output.drain({ timeout: 10_000 })).toBe(true);
    expect(await texts()).toEqual(["early", "late"]);
  });

  test("may end long before the child does, a line without an end included", async () => {
    const script = "echo one; printf two; exec >&- 2>&-; exec sleep 60";
    const { child, output } = await start("sh", ["-c", script], { plain });
    await output.ended;
    expect(await texts()).toEqual(["one", "two"]);
    expect(child.exitCode).toBeNull();
  });

  test("keeps characters and secrets whole that come in pieces, and shows what has not ended", async () => {
    store.addSecret("geheim-🔑");
    // Each byte in a write of its own, and no line end for a while.
    const script = `
      const bytes = Buffer.from("größe 🚀 geheim-🔑 日本\\nprompt> ");
      let at = 0;
      const next = () => {
        if (at === bytes.length) return setTimeout(() => {}, 60_000);
        require("fs").writeSync(1, bytes.subarray(at, at + 1));
        at += 1;
        setTimeout(next, 1);
      };
      next();`;
    await start(process.execPath, ["-e", script], { plain });
    await vi.waitFor(async () => expect(await texts()).toEqual(["größe 🚀 *** 日本"]), 10_000);
    await vi.waitFor(async () => {
      const shown: string[] = [];
      for await (const { text, partial } of store.read({ partial: true })) if (partial) shown.push(text);
      expect(shown).toEqual(["prompt> "]);
    }, 10_000);
  });

  test("comes from Deno too", async () => {
    const deno = join(import.meta.dirname, "../../../../node_modules/.bin/deno");
    const script = `for (let i = 1; i <= 3000; i += 1) console.log("line " + i + " größe 🚀"); console.error("done");`;
    const { output } = await start(deno, ["eval", script], { plain });
    expect(await output.drain({ timeout: 15_000 })).toBe(true);
    const all = await lines();
    expect(all.filter(({ stream }) => stream === "stdout").map(({ text }) => text)).toEqual(
      numbered(1, 3000, (index) => `line ${index} größe 🚀`),
    );
    expect(all.filter(({ stream }) => stream === "stderr").map(({ text }) => text)).toEqual(["done"]);
  });

  test("leaves no file open", async () => {
    await runOnce({ plain });
    const before = await openFiles();
    for (let round = 0; round < 5; round += 1) await runOnce({ plain });
    await vi.waitFor(async () => expect(await openFiles()).toBeLessThanOrEqual(before));
  });
});

describe("a child with a FIFO", () => {
  test("can open /dev/stdout and /dev/stderr", async () => {
    const { output } = await start("sh", ["-c", "echo one > /dev/stdout; echo two > /dev/stderr"], {
      plain: false,
    });
    expect(await output.drain({ timeout: 5000 })).toBe(true);
    expect((await texts()).toSorted()).toEqual(["one", "two"]);
  });

  test("leaves no name behind by which others could open it", async () => {
    vi.stubEnv("TMPDIR", directory);
    const pipes = await openOutputPipes();
    vi.unstubAllEnvs();
    expect(typeof pipes.stdout).toBe("number");
    expect(await readdir(directory)).toEqual([]);
    pipes.close();
  });

  test("is left waiting while its output waits for the disk, and goes on", async () => {
    const pipes = await openOutputPipes();
    const child = spawn("sh", ["-c", 'yes "$0" | head -n 10000; printf end', "x".repeat(99)], {
      stdio: ["ignore", pipes.stdout, pipes.stderr],
      detached: true,
    });
    groups.push(child.pid!);
    const sink = store.sink("api", 0);
    const gate = Promise.withResolvers<void>();
    let writes = 0;
    const output = pipes.connect(child, {
      ...sink,
      write: (stream, chunk) => {
        writes += 1;
        sink.write(stream, chunk);
        return writes !== 2;
      },
      drained: () => gate.promise,
      end: (stream) => sink.end(stream),
      system: (text) => sink.system(text),
    });
    await vi.waitFor(() => expect(writes).toBe(2));
    // Nothing more is read, whatever the child has written meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(writes).toBe(2);
    gate.resolve();
    expect(await output.drain({ timeout: 5000 })).toBe(true);
    expect(await texts()).toEqual([...Array.from({ length: 10_000 }, () => "x".repeat(99)), "end"]);
  });
});

describe("openOutputPipes", () => {
  test("falls back to plain pipes where there is no mkfifo", async () => {
    vi.stubEnv("PATH", directory);
    try {
      const pipes = await openOutputPipes();
      expect([pipes.stdout, pipes.stderr]).toEqual(["pipe", "pipe"]);
      pipes.close();
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
