import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LogLine, LogQuery } from "@dext/protocol";
import { openLogFolder } from "../../../../hosting/src/logs/log-folder.ts";
import { createLogStore } from "../../../../hosting/src/logs/log-store.ts";
import type { LogStore, LogStoreOptions } from "../../../../hosting/src/logs/log-store.ts";

let directory: string;
const stores: LogStore[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-logs-test-"));
});

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await rm(directory, { recursive: true, force: true });
});

function createStore(options: Partial<LogStoreOptions> = {}): LogStore {
  const store = createLogStore({ directory: join(directory, "run"), ...options });
  stores.push(store);
  return store;
}

const encoder = new TextEncoder();

function say(store: LogStore, resource: string, text: string, stream: "stdout" | "stderr" = "stdout"): void {
  store.sink(resource, 0).write(stream, encoder.encode(text));
}

async function read(
  source: { read(query: LogQuery): AsyncIterable<LogLine> },
  query: LogQuery = {},
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of source.read(query)) lines.push(line);
  return lines;
}

const textsOf = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);

/** Lines of 100 bytes, so many that memory of 512 KiB does not hold them. */
function flood(
  store: LogStore,
  resource: string,
  { from = 0, count }: { from?: number; count: number },
): void {
  const sink = store.sink(resource, 0);
  for (let at = from; at < from + count; at += 100) {
    const lines = Array.from({ length: Math.min(100, from + count - at) }, (_, index) =>
      `${resource} ${at + index} `.padEnd(99, "x"),
    );
    sink.write("stdout", encoder.encode(`${lines.join("\n")}\n`));
  }
}

const numberOf = (line: LogLine): number => Number(line.text.split(" ")[1]);

describe("a log store", () => {
  test("numbers the lines of all resources in the order in which they came", async () => {
    const before = Date.now();
    const store = createStore();
    say(store, "api", "one\ntwo\n");
    say(store, "web", "three\n", "stderr");
    store.sink("api", 1).system("four");
    say(store, "api", "five\r\n");
    const lines = await read(store);
    expect(
      lines.map(({ seq, resource, replica, stream, text }) => [seq, resource, replica, stream, text]),
    ).toEqual([
      [1, "api", 0, "stdout", "one"],
      [2, "api", 0, "stdout", "two"],
      [3, "web", 0, "stderr", "three"],
      [4, "api", 1, "system", "four"],
      [5, "api", 0, "stdout", "five"],
    ]);
    for (const { time } of lines) expect(time).toBeGreaterThanOrEqual(before);
  });

  test("keeps a last line without an end", async () => {
    const store = createStore();
    const sink = store.sink("api", 0);
    sink.write("stdout", encoder.encode("one\nlast"));
    sink.end("stdout");
    sink.end("stderr");
    expect(textsOf(await read(store))).toEqual(["one", "last"]);
  });

  test("does not continue the unfinished line of one process with the output of the next", async () => {
    const store = createStore();
    const first = store.sink("api", 0);
    first.write("stdout", encoder.encode("cut "));
    say(store, "api", "fresh\n");
    first.end("stdout");
    expect(textsOf(await read(store))).toEqual(["fresh", "cut "]);
  });

  test("gives the newest lines of all resources together", async () => {
    const store = createStore();
    for (let round = 0; round < 10; round += 1) {
      say(store, "api", `api ${round}\n`);
      say(store, "web", `web ${round}\n`);
    }
    expect(textsOf(await read(store, { tail: 3 }))).toEqual(["web 8", "api 9", "web 9"]);
    expect(textsOf(await read(store, { tail: 2, resources: ["api"] }))).toEqual(["api 8", "api 9"]);
    expect(await read(store, { tail: 0 })).toEqual([]);
    expect(await read(store, { tail: 100 })).toHaveLength(20);
    expect(await read(store, { resources: ["other"] })).toEqual([]);
  });

  test("finds lines by text, number, time and level", async () => {
    let now = 1000;
    const store = createStore({
      clock: {
        now: () => now,
        monotonic: () => performance.now(),
        setTimer: (callback, { milliseconds }) => {
          const timer = setTimeout(callback, milliseconds);
          return { clear: () => clearTimeout(timer) };
        },
      },
    });
    say(store, "api", "GET /a.b\nGET /aXb\n");
    now = 2000;
    say(store, "web", 'get /a.b\n{"level":40,"msg":"slow"}\n{"level":20,"msg":"fine"}\n');
    expect(textsOf(await read(store, { search: "/a.b" }))).toEqual(["GET /a.b", "get /a.b"]);
    expect(textsOf(await read(store, { search: "GET", ignoreCase: true }))).toHaveLength(3);
    expect(textsOf(await read(store, { search: "GET", ignoreCase: true, tail: 2 }))).toEqual([
      "GET /aXb",
      "get /a.b",
    ]);
    // What stands before the text of a line is not found.
    expect(await read(store, { search: "1970" })).toEqual([]);
    expect(await read(store, { search: "out " })).toEqual([]);
    expect((await read(store, { after: 3 })).map(({ seq }) => seq)).toEqual([4, 5]);
    expect((await read(store, { before: 4 })).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect((await read(store, { before: 4, tail: 2 })).map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await read(store, { before: 5, after: 2, follow: true })).map(({ seq }) => seq)).toEqual([3, 4]);
    expect(textsOf(await read(store, { before: 3, search: "GET", tail: 1 }))).toEqual(["GET /aXb"]);
    expect((await read(store, { since: 1500 })).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(textsOf(await read(store, { level: "info" }))).toEqual(['{"level":40,"msg":"slow"}']);
  });

  test("finds text in any script whatever its case", async () => {
    const store = createStore();
    say(store, "api", "GRÜSSE\nΑΒΓ\nGruß\n");
    expect(textsOf(await read(store, { search: "grü", ignoreCase: true }))).toEqual(["GRÜSSE"]);
    expect(textsOf(await read(store, { search: "αβγ", ignoreCase: true }))).toEqual(["ΑΒΓ"]);
  });

  test.each<LogQuery>([
    { tail: -1 },
    { tail: 1.5 },
    { since: Number.NaN },
    { after: Number.NaN },
    { before: 1.5 },
    { search: "a\nb" },
    { level: "loud" as "info" },
  ])("refuses %j", (query) => {
    expect(() => createStore().read(query)).toThrow(
      expect.objectContaining({ code: "DEXT_LOGS_QUERY_INVALID" }) as Error,
    );
  });

  test("hands new lines to followers until their signal is aborted", async () => {
    const store = createStore();
    say(store, "api", "old 1\nold 2\n");
    const controller = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { text } of store.read({ follow: true, tail: 1 }, { signal: controller.signal }))
        seen.push(text);
    })();
    await vi.waitFor(() => expect(seen).toEqual(["old 2"]));
    say(store, "web", "new\n");
    await vi.waitFor(() => expect(seen).toEqual(["old 2", "new"]));
    controller.abort();
    await reading;
  });

  test("ends followers when it is closed, with every line delivered", async () => {
    const store = createStore();
    const reading = read(store, { follow: true });
    await wait(10);
    say(store, "api", "one\ntwo\n");
    await store.close();
    expect(textsOf(await reading)).toEqual(["one", "two"]);
    expect(textsOf(await read(store))).toEqual(["one", "two"]);
  });

  test("shows a line that has not ended only to those who ask, and whole to all", async () => {
    const store = createStore();
    const sink = store.sink("api", 0);
    const partial = read(store, { follow: true, partial: true });
    const whole = read(store, { follow: true });
    sink.write("stdout", encoder.encode("Name: "));
    await vi.waitFor(async () => expect(await read(store, { partial: true })).toHaveLength(1));
    sink.write("stdout", encoder.encode("Ada\n"));
    await store.close();
    expect((await partial).map(({ text, partial: isPartial }) => [text, isPartial])).toEqual([
      ["Name: ", true],
      ["Name: Ada", undefined],
    ]);
    expect(textsOf(await whole)).toEqual(["Name: Ada"]);
    expect(textsOf(await read(store, { partial: true }))).toEqual(["Name: Ada"]);
  });

  test("calls listeners with each new line of what they asked for", async () => {
    const store = createStore();
    say(store, "api", "before\n");
    const all: string[] = [];
    const ofWeb: string[] = [];
    const stop = store.onLine(({ text }) => all.push(text));
    store.onLine(({ text, partial }) => ofWeb.push(`${text}${partial ? "…" : ""}`), {
      resource: "web",
      partial: true,
    });
    store.onLine(() => {
      throw new Error("a listener's mistake");
    });
    say(store, "api", "one\n");
    const web = store.sink("web", 0);
    web.write("stderr", encoder.encode("two\nready"));
    expect(all).toEqual(["one", "two"]);
    stop();
    await vi.waitFor(() => expect(ofWeb).toEqual(["two", "ready…"]));
    web.end("stderr");
    expect(ofWeb).toEqual(["two", "ready…", "ready"]);
    expect(all).toEqual(["one", "two"]);
  });

  test("masks secrets in memory, in files, for listeners and in what it says itself", async () => {
    const store = createStore();
    const seen: string[] = [];
    store.onLine(({ text }) => seen.push(text));
    say(store, "api", "hunter2 before it was known\n");
    store.addSecret("hunter2");
    const sink = store.sink("api", 0);
    sink.write("stdout", encoder.encode("key=hun"));
    sink.write("stdout", encoder.encode("ter2 ok\n"));
    sink.system("started with hunter2");
    await store.flush();
    const expected = ["hunter2 before it was known", "key=*** ok", "started with ***"];
    expect(textsOf(await read(store))).toEqual(expected);
    expect(seen).toEqual(expected);
    expect(textsOf(await read(await openLogFolder(join(directory, "run"))))).toEqual(expected);
  });

  test("writes files that a person can read and nobody else", async () => {
    const store = createStore();
    say(store, "api", "\u001b[31mred\u001b[0m größe\n");
    await store.flush();
    const [name] = await readdir(join(directory, "run"));
    expect(name).toBe("api.0.000001.log");
    const path = join(directory, "run", name!);
    const [head, record, end] = (await readFile(path, "utf8")).split("\n");
    expect(head).toBe('# dext log 1 {"resource":"api","replica":0,"segment":1,"firstLine":0,"lost":0}');
    expect(record).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 1 out /);
    expect(record!.slice(31)).toBe("\u001b[31mred\u001b[0m größe");
    expect(end).toBe("");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, "run"))).mode & 0o777).toBe(0o700);
  });

  test("reads from the files what has left the memory", async () => {
    const store = createStore({ ringBytes: 524_288, segmentBytes: 1_048_576 });
    for (let from = 0; from < 40_000; from += 1000) {
      flood(store, "api", { from, count: 1000 });
      say(store, "web", `web ${from}\n`);
      await store.flush();
    }
    const lines = await read(store);
    expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 40_040 }, (_, index) => index + 1));
    expect(lines.filter(({ resource }) => resource === "api").map(numberOf)).toEqual(
      Array.from({ length: 40_000 }, (_, index) => index),
    );
    const tail = await read(store, { tail: 20_000 });
    expect(tail.map(({ seq }) => seq)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 20_041));
    expect(await read(store, { tail: 30_000, resources: ["api"] })).toHaveLength(30_000);
    expect((await read(store, { search: "api 123 " })).map(numberOf)).toEqual([123]);
    expect((await read(store, { after: 40_000 })).map(({ seq }) => seq)).toHaveLength(40);
    expect(store.dropped()).toEqual([]);
  });

  test("loses nothing for a reader that stalls while the files hold the lines", async () => {
    const store = createStore({ ringBytes: 524_288 });
    const reader = store.read({ follow: true })[Symbol.asyncIterator]();
    flood(store, "api", { count: 1000 });
    const seen = [numberOf((await reader.next()).value as LogLine)];
    for (let from = 1000; from < 30_000; from += 1000) {
      flood(store, "api", { from, count: 1000 });
      await store.flush();
    }
    await store.close();
    for (let next = await reader.next(); next.done !== true; next = await reader.next())
      seen.push(numberOf(next.value));
    expect(seen).toEqual(Array.from({ length: 30_000 }, (_, index) => index));
  });

  test("tells a reader that stalls how many lines it has missed", async () => {
    const store = createStore({ ringBytes: 524_288, segmentBytes: 524_288, maxBytes: 1_048_576 });
    const reader = store.read({ follow: true })[Symbol.asyncIterator]();
    flood(store, "api", { count: 1000 });
    const first = (await reader.next()).value as LogLine;
    for (let from = 1000; from < 50_000; from += 1000) {
      flood(store, "api", { from, count: 1000 });
      await store.flush();
    }
    await store.close();
    const rest: LogLine[] = [];
    for (let next = await reader.next(); next.done !== true; next = await reader.next())
      rest.push(next.value);
    const marks = rest.filter(({ stream }) => stream === "system");
    const skipped = marks.reduce(
      (sum, { text }) => sum + Number(/^… (\d+) lines skipped$/.exec(text)![1]),
      0,
    );
    const seen = [first, ...rest.filter(({ stream }) => stream === "stdout")].map(numberOf);
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(49_999);
    expect(skipped).toBeGreaterThan(10_000);
    expect(seen.length + skipped).toBe(50_000);
    // The numbers jump where the mark stands, by as much as it says.
    const mark = rest.indexOf(marks[0]!);
    expect(numberOf(rest[mark + 1]!) - numberOf(mark === 0 ? first : rest[mark - 1]!)).toBe(
      Number(marks[0]!.text.split(" ")[1]) + 1,
    );
  });

  test("keeps its files below the limit and counts what that costs", async () => {
    const maxBytes = 2_097_152;
    const store = createStore({ ringBytes: 524_288, segmentBytes: 524_288, maxBytes });
    for (let from = 0; from < 60_000; from += 1000) {
      flood(store, "api", { from, count: 1000 });
      await store.flush();
    }
    await store.close();
    const names = await readdir(join(directory, "run"));
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(directory, "run", name))).size),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThanOrEqual(maxBytes);
    expect(total).toBeGreaterThan(maxBytes / 2);
    const [dropped] = store.dropped();
    expect(dropped).toMatchObject({ resource: "api", replica: 0, unwritten: 0 });
    const folder = await openLogFolder(join(directory, "run"));
    const [mark, ...lines] = await read(folder);
    expect(mark!.text).toBe(`… ${dropped!.expired} lines skipped`);
    expect(lines.map(numberOf)).toEqual(
      Array.from({ length: lines.length }, (_, index) => dropped!.expired + index),
    );
    expect(dropped!.expired + lines.length).toBe(60_000);
  });

  test("keeps the newest lines within the memory of all resources together", async () => {
    const store = createStore({ ringBytes: 2_097_152, totalRingBytes: 2_097_152 });
    for (let round = 0; round < 20; round += 1) {
      for (const resource of ["a", "b", "c"]) flood(store, resource, { from: round * 1000, count: 1000 });
      await store.flush();
    }
    for (const resource of ["a", "b", "c"]) {
      expect((await read(store, { resources: [resource] })).map(numberOf)).toEqual(
        Array.from({ length: 20_000 }, (_, index) => index),
      );
    }
  });

  test("reads a folder that is still being written to", async () => {
    const store = createStore();
    say(store, "api", "one\n");
    await store.flush();
    const folder = await openLogFolder(join(directory, "run"));
    expect(folder.resources).toEqual([{ resource: "api", replica: 0 }]);
    expect(textsOf(await read(folder, { tail: 5 }))).toEqual(["one"]);
    expect(textsOf(await read(folder))).toEqual(["one"]);
  });

  test("makes neither folder nor file before a line comes", async () => {
    const store = createStore();
    store.sink("api", 0);
    await store.flush();
    expect(await readdir(directory)).toEqual([]);
  });
});
