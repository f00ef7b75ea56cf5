import { closeSync, existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDescriptorWriter } from "../../../../hosting/src/output/descriptor-writer.ts";

let folder: string;
let descriptor: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-writer-test-"));
  descriptor = openSync(join(folder, "out.txt"), "a");
});
afterEach(async () => {
  closeSync(descriptor);
  await rm(folder, { recursive: true, force: true });
});

const fail = (error: Error): never => {
  throw error;
};
const printed = (): Promise<string> => readFile(join(folder, "out.txt"), "utf8");

describe("a descriptor writer", () => {
  test("writes lines and bytes in the order in which they came, whatever their size", async () => {
    const writer = createDescriptorWriter({ descriptor, onFailure: fail });
    let expected = "";
    for (let number = 0; number < 300; number += 1) {
      const line = `${number} ${"ü".repeat((number * 7919) % 20_000)}`;
      expected += `${line}\n`;
      if (number % 3 === 0) writer.write(line);
      else {
        // The bytes may be used again as soon as the call has returned.
        const bytes = Buffer.from(`${line}\n`);
        writer.writeBytes(bytes);
        bytes.fill(0);
      }
      await writer.whenReady();
    }
    await writer.drained();
    expect(await printed()).toBe(expected);
    expect(writer.progress()).toBe(Buffer.byteLength(expected));
  });

  test("asks to wait while much is on its way, and lets go on", async () => {
    const writer = createDescriptorWriter({ descriptor, onFailure: fail });
    const block = Buffer.alloc(400_000, "x\n");
    let waits = 0;
    for (let count = 0; count < 10; count += 1) {
      writer.writeBytes(block);
      const ready = writer.whenReady();
      if (ready !== undefined) waits += 1;
      await ready;
    }
    expect(waits).toBeGreaterThan(0);
    await writer.drained();
    expect(await printed()).toHaveLength(4_000_000);
  });

  test("writes a single line soon without being told to", async () => {
    createDescriptorWriter({ descriptor, onFailure: fail }).write("one");
    await vi.waitFor(async () => expect(await printed()).toBe("one\n"));
  });

  test.skipIf(!existsSync("/dev/full"))(
    "says once that nothing can be written, and tries again",
    async () => {
      const full = openSync("/dev/full", "w");
      try {
        const failures: (string | undefined)[] = [];
        const tries: (() => void)[] = [];
        const writer = createDescriptorWriter({
          descriptor: full,
          onFailure: ({ code }) => failures.push(code),
          clock: {
            now: () => 0,
            monotonic: () => 0,
            setTimer(callback) {
              tries.push(callback);
              return { clear() {} };
            },
          },
        });
        writer.write("one");
        writer.flush();
        await vi.waitFor(() => expect(tries).toHaveLength(2));
        tries[1]!();
        await vi.waitFor(() => expect(tries).toHaveLength(3));
        expect(failures).toEqual(["ENOSPC"]);
        expect(writer.isFailing()).toBe(true);
        expect(writer.progress()).toBe(0);
      } finally {
        closeSync(full);
      }
    },
  );
});
