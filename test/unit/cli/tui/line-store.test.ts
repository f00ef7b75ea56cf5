import { describe, expect, test } from "vitest";
import type { LogLine } from "@dext/protocol";
import { feedLines } from "../../../../cli/src/tui/line-feed.ts";
import { createLineStore } from "../../../../cli/src/tui/line-store.ts";
import { createScriptedRun } from "../../../fixtures/tui/scripted-run.ts";

let seq = 0;
const line = (resource: string, text: string, replica = 0): LogLine => ({
  seq: (seq += 1),
  time: seq,
  resource,
  replica,
  stream: "stdout",
  text,
});
const textsOf = ({ lines }: { lines: readonly LogLine[] }): string[] => lines.map(({ text }) => text);

describe("a line store", () => {
  test("gives the newest lines of a selection and goes on with them", () => {
    const store = createLineStore();
    store.add(line("api", "one"));
    store.add(line("web", "two"));
    store.add(line("web", "three", 1));
    const all = store.select({}, { limit: 10 });
    const web = store.select({ resource: { name: "web", replica: 1 } }, { limit: 10 });
    const found = store.select({ text: "o" }, { limit: 10 });
    const exact = store.select({ text: "One" }, { limit: 10 });
    const grave = store.select({ level: "warn" }, { limit: 10 });
    store.add(line("web", "ONE", 1));
    store.add(line("api", '{"level":50,"msg":"no"}'));
    store.add(line("api", '{"level":20,"msg":"no"}'));
    expect(textsOf(all)).toHaveLength(6);
    expect(textsOf(web)).toEqual(["three", "ONE"]);
    expect(textsOf(found)).toEqual([
      "one",
      "two",
      "ONE",
      '{"level":50,"msg":"no"}',
      '{"level":20,"msg":"no"}',
    ]);
    expect(textsOf(exact)).toEqual([]);
    expect(textsOf(grave)).toEqual(['{"level":50,"msg":"no"}']);
    store.release(web);
    store.add(line("web", "four", 1));
    expect(textsOf(web)).toEqual(["three", "ONE"]);
  });

  test("stays within its limits and keeps rare lines of one resource beside many of another", () => {
    const store = createLineStore();
    store.add(line("quiet", "rare"));
    for (let count = 0; count < 100_000; count += 1) store.add(line("loud", `line ${count}`));
    const all = store.select({}, { limit: 100_000 });
    expect(all.lines.length).toBeLessThanOrEqual(12_500);
    expect(textsOf(store.select({ resource: { name: "quiet", replica: 0 } }, { limit: 10 }))).toEqual([
      "rare",
    ]);
    const few = store.select({}, { limit: 100 });
    expect(few.lines.length).toBeLessThanOrEqual(125);
    expect(few.lines.at(-1)?.text).toBe("line 99999");
  });
});

describe("feeding a line store", () => {
  test("lets other work through while lines come without end", async () => {
    const run = createScriptedRun();
    const store = createLineStore();
    const aborted = new AbortController();
    for (let count = 0; count < 10_000; count += 1) run.print("api", `line ${count}`);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
      if (turns === 5) aborted.abort();
    }, 1);
    // Each line that is taken brings another.
    const fed = feedLines({ run, store, signal: aborted.signal, onLines: () => run.print("api", "more") });
    await fed;
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  test("goes on with the newest lines when it cannot keep up", async () => {
    const run = createScriptedRun();
    const store = createLineStore();
    const aborted = new AbortController();
    const all = store.select({}, { limit: 100 });
    let taken = 0;
    let clock = Date.now();
    for (let count = 0; count < 30_000; count += 1) run.print("api", `line ${count}`);
    const fed = feedLines({
      run,
      store,
      signal: aborted.signal,
      now: () => clock,
      onLines() {
        taken += 1;
        // 30,000 more lie there already when it has taken the first 10,000.
        if (taken === 10_000)
          for (let count = 0; count < 30_000; count += 1) run.print("api", `late ${count}`);
        if (taken === 10_001) clock += 5000;
        if (all.lines.at(-1)?.text === "late 29999") aborted.abort();
      },
    });
    await fed;
    expect(taken).toBeLessThan(25_000);
    expect(all.lines.at(-1)?.text).toBe("late 29999");
  });
});
