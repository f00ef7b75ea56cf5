import { describe, expect, test, vi } from "vitest";
import { createLineStore } from "../../../../cli/src/tui/line-store.ts";
import type { LineStore } from "../../../../cli/src/tui/line-store.ts";
import { createLogWindow } from "../../../../cli/src/tui/log-window.ts";
import type { LogWindow } from "../../../../cli/src/tui/log-window.ts";
import { createScriptedRun } from "../../../fixtures/tui/scripted-run.ts";
import type { ScriptedRun } from "../../../fixtures/tui/scripted-run.ts";

const height = 10;

interface Shown {
  run: ScriptedRun;
  store: LineStore;
  window: LogWindow;
  errors: unknown[];
  /** What is seen. */
  texts: () => string[];
  /** Comes, and is in memory as it would be. */
  print: (text: string) => void;
}

/** Of the run's lines so many are in memory; each takes one row, and two when it ends in `+`. */
function show({ lines, inMemory = lines }: { lines: number; inMemory?: number }): Shown {
  const run = createScriptedRun();
  const store = createLineStore();
  const errors: unknown[] = [];
  for (let count = 1; count <= lines; count += 1) run.print("api", `line ${count}`);
  for (const line of run.lines.slice(lines - inMemory)) store.add(line);
  const window = createLogWindow({
    run,
    store,
    signal: new AbortController().signal,
    onChange: () => {},
    onError: (error) => errors.push(error),
  });
  const texts = (): string[] =>
    window
      .rows({ height, rowsOf: ({ text }) => (text.endsWith("+") ? [text, `${text}+`] : [text]) })
      .map(({ text }) => text);
  texts();
  const print = (text: string): void => {
    run.print("api", text);
    store.add(run.lines.at(-1)!);
  };
  return { run, store, window, errors, texts, print };
}

const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe("a log window", () => {
  test("follows the newest lines", () => {
    const { window, texts, print } = show({ lines: 100 });
    expect(texts()).toEqual(range(91, 100));
    print("line 101");
    expect(texts()).toEqual(range(92, 101));
    expect(window.isFollowing).toBe(true);
  });

  test("stands still when it is frozen, shows what was seen, and counts what comes", () => {
    const { window, texts, print } = show({ lines: 100 });
    const seen = texts();
    print("between");
    window.freeze();
    expect(texts()).toEqual(seen);
    for (let count = 0; count < 7000; count += 1) print(`more ${count}`);
    expect(texts()).toEqual(seen);
    expect(window.newer).toBe(7000);
    window.follow();
    expect(texts().at(-1)).toBe("more 6999");
  });

  test("scrolls up and down again, and follows once it is past the end", async () => {
    const { window, texts } = show({ lines: 1000 });
    await window.scroll(-10);
    expect(texts()).toEqual(range(981, 990));
    await window.scroll(3);
    expect(texts()).toEqual(range(984, 993));
    await window.scroll(7);
    expect(texts()).toEqual(range(991, 1000));
    expect(window.isFollowing).toBe(false);
    await window.scroll(1);
    expect(window.isFollowing).toBe(true);
  });

  test("goes row by row through lines that take several", async () => {
    const { window, texts, print } = show({ lines: 20 });
    print("wide+");
    expect(texts().slice(-2)).toEqual(["wide+", "wide++"]);
    await window.scroll(-1);
    expect(texts().at(-1)).toBe("wide+");
    await window.scroll(-10);
    expect(texts().at(-1)).toBe("line 11");
  });

  test("reads every line that is kept, to the first and back", async () => {
    const { window, texts, errors } = show({ lines: 12_000, inMemory: 500 });
    const seen = new Set(texts());
    for (let step = 0; step < 1200 && !window.isAtStart; step += 1) {
      await window.scroll(-height);
      for (const text of texts()) seen.add(text);
    }
    expect(window.isAtStart).toBe(true);
    expect(seen.size).toBe(12_000);
    seen.clear();
    for (let step = 0; step < 1210 && !window.isFollowing; step += 1) {
      for (const text of texts()) seen.add(text);
      await window.scroll(height);
    }
    expect(window.isFollowing).toBe(true);
    expect(seen.size).toBe(12_000);
    expect(errors).toEqual([]);
  });

  test("takes many pages at once", async () => {
    const { window, texts } = show({ lines: 9000, inMemory: 200 });
    await Promise.all(Array.from({ length: 300 }, () => window.scroll(-height)));
    expect(texts()).toHaveLength(height);
    expect(Number(texts()[0]?.slice(5))).toBeLessThan(8500);
  });

  test("goes to the first line at once", async () => {
    const { window, texts } = show({ lines: 9000, inMemory: 200 });
    await window.toStart();
    expect(texts()).toEqual(range(1, 10));
    expect(window.isAtStart).toBe(true);
    window.follow();
    expect(texts()).toEqual(range(8991, 9000));
  });

  test("finds lines in memory and far away, in both directions", async () => {
    const { window, texts } = show({ lines: 9000, inMemory: 200 });
    expect(await window.search("line 8950", "older")).toBe(true);
    expect(texts()).toContain("line 8950");
    expect(await window.search("line 77", "older")).toBe(true);
    expect(window.current?.text).toBe("line 7799");
    expect(texts()).toContain("line 7799");
    expect(await window.search("line 77", "older")).toBe(true);
    expect(window.current?.text).toBe("line 7798");
    expect(await window.search("line 9000", "newer")).toBe(true);
    expect(window.current?.text).toBe("line 9000");
    expect(await window.search("nowhere", "older")).toBe(false);
    expect(window.current?.text).toBe("line 9000");
  });

  test("searches one after another", async () => {
    const { window } = show({ lines: 1000 });
    await Promise.all(["older", "older", "older"].map(() => window.search("line 9", "older")));
    expect(window.current?.text).toBe("line 997");
  });

  test("lets itself be sent elsewhere while it reads", async () => {
    const { run, store, window, texts, errors } = show({ lines: 9000, inMemory: 200 });
    for (let count = 0; count < 20; count += 1) run.print("web", `web ${count}`);
    for (const line of run.lines.slice(-20)) store.add(line);
    const up = Promise.all(Array.from({ length: 40 }, () => window.scroll(-height)));
    window.follow();
    await up;
    expect(texts()).toHaveLength(height);
    const start = window.toStart();
    const search = window.search("line 5", "older");
    const down = window.scroll(height);
    window.select({ resource: { name: "web", replica: 0 } });
    window.freeze();
    await Promise.all([start, search, down]);
    expect(texts()).toEqual(Array.from({ length: 10 }, (_, index) => `web ${index + 10}`));
    expect(errors).toEqual([]);
  });

  test("fills a selection whose lines are rare from what the run keeps", async () => {
    const { run, store, window, texts } = show({ lines: 10 });
    run.print("mail", "sent one");
    run.print("api", "more");
    store.add(run.lines.at(-1)!);
    window.select({ resource: { name: "mail", replica: 0 } });
    await vi.waitFor(() => expect(texts()).toEqual(["sent one"]));
    window.select({ text: "line 1" });
    await vi.waitFor(() => expect(texts()).toEqual(["line 1", "line 10"]));
  });

  test("tells what went wrong while it read, and stays where it is", async () => {
    const { run, window, texts, errors } = show({ lines: 100 });
    run.logs = () => {
      throw new Error("gone");
    };
    await window.toStart();
    expect(errors).toEqual([expect.objectContaining({ message: "gone" })]);
    expect(texts()).toHaveLength(height);
  });
});
