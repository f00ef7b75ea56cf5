import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openTerminal } from "../../../fixtures/tui/terminal.ts";
import type { Terminal } from "../../../fixtures/tui/terminal.ts";

// Each loads the interface anew, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const showRun = fileURLToPath(new URL("../../../fixtures/tui/show-run.ts", import.meta.url));
const sizes = [
  { columns: 60, rows: 15 },
  { columns: 200, rows: 60 },
];

let opened: Terminal | undefined;
afterEach(async () => {
  await opened?.dispose();
  opened = undefined;
});

describe.each(sizes)("the terminal interface at $columns×$rows", ({ columns, rows }) => {
  const open = (...settings: string[]): Terminal => (opened = openShow(settings, { columns, rows }));

  test("shows the resources beside the newest lines of all", async () => {
    const terminal = open();
    const screen = await terminal.waitFor(/that is all/);
    expect(screen).toMatch(/^ shop {2}Running {2}4 of 6 up {2}1 failed/);
    expect(screen).toMatch(/● cache/);
    expect(screen).toMatch(/▲ worker\.1/);
    expect(screen).toMatch(/✗ mail/);
    expect(screen).toMatch(/cache {4}│ wide 表示 and nothing/);
    expect(screen).toMatch(/web {6}│ WARN {2}slow answer/);
    expect(screen).toMatch(/\? help {2}q quit/);
    expect(terminal.rows()).toHaveLength(rows);
    expect(terminal.isAlternate()).toBe(true);
    expect(terminal.mouse()).toBe("drag");
    // The address can be clicked.
    expect(terminal.output()).toContain("\u001b]8;;tcp://localhost:6379");
  });

  test("shows the log of the resource that is selected, and of all again", async () => {
    const terminal = open();
    await terminal.waitFor(/that is all/);
    terminal.write("jj");
    const web = await terminal.waitFor(/│ web .*following/);
    expect(web).toMatch(/│ WARN {2}slow answer/);
    expect(web).not.toMatch(/表示/);
    expect(web).toMatch(/── web ─/);
    terminal.write("\u001b[A");
    await terminal.waitFor(/│ api .*following/);
    terminal.write("a");
    await terminal.waitFor(/│ All .*following/);
  });

  test("goes through the whole log with pages, Home and End", async () => {
    const terminal = open("lines=100000");
    await terminal.waitFor(/that is all/);
    terminal.write("\u001b[5~");
    await terminal.waitFor(/frozen/);
    terminal.write("\u001b[H");
    await terminal.waitFor(/request 1 took/);
    await terminal.waitFor(/at the start/);
    terminal.write("\u001b[6~");
    await terminal.waitFor((screen) => !screen.includes("request 1 took") && /request \d+ took/.test(screen));
    terminal.write("\u001b[F");
    await terminal.waitFor(/that is all/);
    expect(await terminal.waitFor(/following/)).not.toContain("request 1 took");
  });

  test("pages back to the first of many lines", async () => {
    const terminal = open("lines=20000");
    await terminal.waitFor(/that is all/);
    let last = Infinity;
    for (let step = 0; step < 40 && last > 1; step += 1) {
      terminal.write("\u001b[5~".repeat(100));
      const before = last;
      last = firstRequest(
        await terminal.waitFor((screen) => firstRequest(screen) < before && !screen.includes("reading")),
      );
    }
    expect(last).toBeLessThan(20_000);
    terminal.write("\u001b[H");
    await terminal.waitFor(/at the start/);
  });

  test("finds and marks what is searched, far back too", async () => {
    const terminal = open("lines=50000");
    await terminal.waitFor(/that is all/);
    terminal.write("/request 77 ");
    await terminal.waitFor(/\/request 77 /);
    terminal.write("\r");
    await waitForHit(terminal, "request 77 ");
    terminal.write("n");
    await terminal.waitFor(/No hit after this one/);
    terminal.write("/took 96 ms\r");
    await waitForHit(terminal, "request 96 ");
    terminal.write("n");
    await waitForHit(terminal, "request 193 ");
    terminal.write("N");
    expect(await waitForHit(terminal, "request 96 ")).toContain("/took 96 ms");
  });

  test("shows only lines with a text, or from a level up", async () => {
    const terminal = open("lines=3000");
    await terminal.waitFor(/that is all/);
    terminal.write("frequest 29\r");
    const screen = await terminal.waitFor(/with "req/);
    expect(screen).not.toMatch(/request 30/);
    await terminal.waitFor(/request 2999 took/);
    terminal.write("\u001b");
    await terminal.waitFor(/that is all/);
    terminal.write("f\t\t\t\r");
    await terminal.waitFor(/warn and above/);
    await terminal.waitFor((text) => text.includes("slow answer") && !text.includes("request"));
  });

  test("stands still while it is frozen and counts what comes", async () => {
    const terminal = open("tick=20");
    await terminal.waitFor(/tick 5\b/);
    terminal.write(" ");
    const frozen = await terminal.waitFor(/frozen/);
    const later = await terminal.waitFor(/frozen, (\d{2,}|[5-9]) newer/);
    expect(ticksOn(later)).toEqual(ticksOn(frozen));
    terminal.write(" ");
    await terminal.waitFor(
      (screen) => screen.includes("following") && ticksOn(screen).at(-1) !== ticksOn(frozen).at(-1),
    );
  });

  test("gives commands to the selected resource", async () => {
    const terminal = open();
    await terminal.waitFor(/that is all/);
    terminal.write("jj");
    await terminal.waitFor(/│ web .*following/);
    terminal.write("r");
    await terminal.waitFor(/web: restart done/);
    terminal.write("s");
    await terminal.waitFor(/web: stop done/);
    await terminal.waitFor(/○ web/);
    terminal.write("s");
    await terminal.waitFor(/web: start done/);
    terminal.write("c");
    await terminal.waitFor(/Remove all orders/);
    terminal.write("j\r");
    await terminal.waitFor(/Really remove all orders\?/);
    terminal.write("y");
    await terminal.waitFor(/web: wipe done/);
    terminal.write("ck\r");
    await terminal.waitFor(/web: fail failed: It cannot be done/);
    terminal.write("jj");
    await terminal.waitFor(/│ worker\.1 /);
    terminal.write("r");
    await terminal.waitFor(/worker\.1: restart done/);
    terminal.write("\u0003\u0003");
    await terminal.waitFor(/commands: /);
    expect(commandsOf(terminal)).toEqual([
      { resource: "web", request: { command: "restart" } },
      { resource: "web", request: { command: "stop" } },
      { resource: "web", request: { command: "start" } },
      { resource: "web", request: { command: "wipe" } },
      { resource: "web", request: { command: "fail" } },
      { resource: "worker", request: { command: "restart", replica: 1 } },
    ]);
  });

  test("asks before it quits, then says for whom it waits", async () => {
    const terminal = open();
    await terminal.waitFor(/that is all/);
    terminal.write("q");
    await terminal.waitFor(/Stop 5 resources and quit\?/);
    terminal.write("n");
    await terminal.waitFor((screen) => !screen.includes("Stop 5 resources"));
    terminal.write("qy");
    await terminal.waitFor(/Stopping: waiting for cache \(pid 1000, \d s\)/);
    terminal.write("\u0003");
    await terminal.waitFor(/ended: run/);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.output()).toContain('stops: [{"reason":"Ctrl-C"},{"force":true,"reason":"Ctrl-C"}]');
    expectRestored(terminal);
  });

  test("shows and closes the help", async () => {
    const terminal = open();
    await terminal.waitFor(/that is all/);
    terminal.write("?");
    await terminal.waitFor(/select a resource/);
    terminal.write("?");
    expect(await terminal.waitFor(/that is all/)).not.toContain("select a resource");
  });

  test("copies lines that were chosen with the mouse", async () => {
    const terminal = open();
    await terminal.waitFor(/that is all/);
    const row = terminal.rows().findIndex((text) => text.includes("表示")) + 1;
    const end = terminal.rows().findIndex((text) => text.includes("by hand")) + 1;
    const column = columns - 5;
    terminal.write(`\u001b[<0;${column};${row}M\u001b[<32;${column};${end}M\u001b[<0;${column};${end}m`);
    await terminal.waitFor(/frozen/);
    terminal.write("y");
    await terminal.waitFor(/Copied 2 lines/);
    // oxlint-disable-next-line no-control-regex
    const copied = /\u001b\]52;c;([^\u0007]*)\u0007/.exec(terminal.output())?.[1] ?? "";
    expect(Buffer.from(copied, "base64").toString()).toBe(
      "wide 表示 and nothing that clears\nRestarted by hand",
    );
  });

  test("scrolls with the wheel and selects with a click", async () => {
    const terminal = open("lines=1000");
    await terminal.waitFor(/that is all/);
    terminal.write("\u001b[<64;50;8M".repeat(4));
    await terminal.waitFor(/frozen/);
    terminal.write("\u001b[<65;50;8M".repeat(6));
    await terminal.waitFor(/following/);
    terminal.write("\u001b[<0;5;4M\u001b[<0;5;4m");
    expect(await terminal.waitFor(/│ api .*following/)).toMatch(/▌● api/);
  });
});

describe("the terminal interface", () => {
  test("follows the size of the terminal", async () => {
    const terminal = (opened = openShow(["lines=100"], { columns: 120, rows: 35 }));
    await terminal.waitFor(/that is all/);
    terminal.resize(60, 15);
    await terminal.waitFor(
      (screen) => /^ shop.*\n Resources {2,}│ All/.test(screen) && screen.includes("q quit"),
    );
    terminal.resize(50, 12);
    await terminal.waitFor((screen) => !screen.includes("Resources") && screen.includes(" All "));
    terminal.resize(15, 4);
    await terminal.waitFor(/15×4 is too/);
    terminal.resize(200, 60);
    const screen = await terminal.waitFor(/request 90 took[^]*that is all/);
    expect(screen.match(/Resources/g)).toHaveLength(1);
    expect(screen.match(/quit/g)).toHaveLength(1);
  });

  test("wraps, cuts and moves long lines", async () => {
    const terminal = (opened = openShow([], { columns: 100, rows: 30 }));
    await terminal.waitFor(/that is all/);
    expect(terminal.screen()).toMatch(/0123456789 end/);
    terminal.write("w");
    await terminal.waitFor((screen) => screen.includes("a long line 0123") && !screen.includes(" end"));
    terminal.write("\u001b[C".repeat(8));
    await terminal.waitFor(/0123456789 end/);
    terminal.write("t");
    await terminal.waitFor(/\d\d:\d\d:\d\d\.\d{3} /);
  });

  test("leaves a run that is not its own going", async () => {
    const terminal = (opened = openShow(["owned=false"], { columns: 100, rows: 30 }));
    await terminal.waitFor(/that is all/);
    terminal.write("q");
    await terminal.waitFor(/Leave\? The run goes on\./);
    terminal.write("y");
    expect(await terminal.waitFor(/ended: left[^]*stops:.*$/m)).toContain("stops: []");
    expectRestored(terminal);
  });

  test("shows colours of lines and lets none of them run on", async () => {
    const terminal = (opened = openShow([], { columns: 100, rows: 30 }));
    await terminal.waitFor(/that is all/);
    const row = terminal.rows().findIndex((text) => text.includes("ready to serve"));
    const column = terminal.rows()[row]!.indexOf("ready");
    expect(terminal.cell(column, row).foreground).toBe(2);
    expect(terminal.cell(column + 9, row).foreground).toBe(1);
    expect(terminal.cell(column + 30, row).foreground).toBe(-1);
  });

  test("ignores keys that are pasted, and takes them where text is asked for", async () => {
    const terminal = (opened = openShow([], { columns: 100, rows: 30 }));
    await terminal.waitFor(/that is all/);
    terminal.write("\u001b[200~qqq\u001b[201~");
    terminal.write("/\u001b[200~slow\nanswer\u001b[201~");
    const screen = await terminal.waitFor(/\/slow answer/);
    expect(screen).not.toMatch(/and quit\?/);
  });
});

/** Number of the first request that is seen. */
function firstRequest(screen: string): number {
  return Number(/request (\d+) took/.exec(screen)?.[1] ?? Number.NaN);
}

function ticksOn(screen: string): string[] {
  return screen.match(/tick \d+/g) ?? [];
}

function openShow(settings: readonly string[], size: { columns: number; rows: number }): Terminal {
  return openTerminal([process.execPath, "--conditions=@dext/source", showRun, ...settings], size);
}

/** Waits until the hit that the search has found is the line with a text: its marks have a colour of their own. */
function waitForHit(terminal: Terminal, line: string): Promise<string> {
  return terminal.waitFor(() => {
    const row = terminal.rows().findIndex((text) => text.includes(`│ ${line}`));
    const text = terminal.rows()[row] ?? "";
    return Array.from(text).some((_, column) => terminal.cell(column, row).background === 13);
  });
}

function expectRestored(terminal: Terminal): void {
  expect(terminal.isAlternate()).toBe(false);
  expect(terminal.mouse()).toBe("none");
  expect(terminal.isCursorHidden()).toBe(false);
}

function commandsOf(terminal: Terminal): unknown {
  return JSON.parse(/commands: (\[.*?\])\r?\n/s.exec(terminal.output())?.[1] ?? "null");
}
