import { appendFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLogFolder } from "../../../../hosting/src/logs/log-folder.ts";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-folder-test-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function writeRun(): Promise<void> {
  const store = createLogStore({ directory, segmentBytes: 300_000 });
  const [api, web] = [store.sink("api", 0), store.sink("web", 2)];
  for (let round = 0; round < 100; round += 1) {
    const lines = Array.from({ length: 100 }, (_, index) => `api ${round * 100 + index} `.padEnd(90, "x"));
    api.write("stdout", Buffer.from(`${lines.join("\n")}\n`));
    web.write("stderr", Buffer.from(`web ${round}\n`));
    if (round % 20 === 0) await store.flush();
  }
  await store.close();
}

describe("openLogFolder", () => {
  test("reads the lines of a run in their order, whole or from the end", async () => {
    await writeRun();
    expect((await readdir(directory)).length).toBeGreaterThan(3);
    const folder = await openLogFolder(directory);
    expect(folder.resources).toEqual([
      { resource: "api", replica: 0 },
      { resource: "web", replica: 2 },
    ]);
    const lines = await collect(folder.read());
    expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 10_100 }, (_, index) => index + 1));
    for (const tail of [1, 3, 102, 5000, 10_099, 10_100, 20_000]) {
      const newest = await collect((await openLogFolder(directory)).read({ tail, follow: true }));
      expect(newest).toEqual(lines.slice(-tail));
    }
    const web = await collect(folder.read({ resources: ["web"], tail: 2 }));
    expect(web.map(({ text, replica }) => [text, replica])).toEqual([
      ["web 98", 2],
      ["web 99", 2],
    ]);
    expect(await collect(folder.read({ search: "web 9", tail: 3 }))).toHaveLength(3);
  });

  test("leaves out a record that was cut short and files of others", async () => {
    const store = createLogStore({ directory });
    store.sink("api", 0).write("stdout", Buffer.from("one\ntwo\n"));
    await store.close();
    await appendFile(join(directory, "api.0.000001.log"), "2026-05-01T12:00:00.123Z 3 ou");
    await writeFile(join(directory, "notes.txt"), "hello\n");
    await writeFile(join(directory, "other.0.000001.log"), "hello\n");
    for (const query of [{}, { tail: 2 }]) {
      const lines = await collect((await openLogFolder(directory)).read(query));
      expect(lines.map(({ text }) => text)).toEqual(["one", "two"]);
    }
  });

  test("refuses a folder that does not exist", async () => {
    await expect(openLogFolder(join(directory, "none"))).rejects.toMatchObject({
      code: "DEXT_LOGS_FOLDER_MISSING",
      details: { directory: join(directory, "none") },
    });
  });
});
