import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openTerminal } from "../../../fixtures/tui/terminal.ts";
import type { Terminal } from "../../../fixtures/tui/terminal.ts";

// Each loads the interface anew, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const showRun = fileURLToPath(new URL("../../../fixtures/tui/show-run.ts", import.meta.url));
function denoProgram(): string {
  const folder = `${root}/node_modules/@deno`;
  return `${folder}/${readdirSync(folder)[0] ?? ""}/deno`;
}

const runtimes = [
  { name: "Node", command: [process.execPath, "--conditions=@dext/source"] },
  // The program itself: its wrapper passes no signals on.
  { name: "Deno", command: [denoProgram(), "run", "-A", "--conditions=@dext/source"] },
];

let opened: Terminal | undefined;
afterEach(async () => {
  await opened?.dispose();
  opened = undefined;
});

describe.each(runtimes)("the terminal after the interface on $name", ({ command }) => {
  /** In a shell, as a person has it: what is left of the interface shows in the shell's own lines. */
  const open = async (...settings: string[]): Promise<Terminal> => {
    opened = openTerminal(["bash", "--norc", "--noprofile", "-i"], {
      columns: 100,
      rows: 24,
      cwd: root,
      env: { PS1: "shell> ", HISTFILE: "/dev/null" },
    });
    await opened.waitFor(/shell> /);
    // In a subshell, which leaves the modes of the terminal as it finds them, here not the usual ones.
    const show = [...command, showRun, ...settings].join(" ");
    opened.write(
      `(stty -ixon erase ^H; before=$(stty -g); ${show}; ${compareModes}; ${tellModes}; stty ixon)\r`,
    );
    await opened.waitFor(/that is all/);
    expect(opened.isAlternate()).toBe(true);
    return opened;
  };

  test("is as before when the person has quit", async () => {
    const terminal = await open("owned=false");
    terminal.write("qy");
    await terminal.waitFor(/ended: left[^]*modes [^]*shell> \s*$/);
    expect(terminal.screen()).toMatch(sameModes);
    expectRestored(terminal);
  });

  test("is as before after an exception, which can be read", async () => {
    const terminal = await open("throw=700");
    await terminal.waitFor(/thrown on purpose[^]*modes [^]*shell> \s*$/);
    expect(terminal.screen()).toMatch(sameModes);
    expectRestored(terminal);
  });

  test("is as before after SIGTERM", async () => {
    const terminal = await open();
    terminal.write("\u001b");
    await terminal.waitFor(/that is all/);
    process.kill(await foregroundOf(terminal), "SIGTERM");
    await terminal.waitFor(/ended: aborted[^]*modes [^]*shell> \s*$/);
    expect(terminal.screen()).toMatch(sameModes);
    expectRestored(terminal);
  });

  test("is as before after SIGKILL, though whoever started it puts nothing right", async () => {
    const show = [...command, showRun, "owned=false", "tick=5"].join(" ");
    opened = openTerminal(["sh", "-c", `stty -ixon erase ^H; echo below; ${show}; exec cat`], {
      columns: 100,
      rows: 24,
      cwd: root,
    });
    const terminal = opened;
    await terminal.waitFor(/below/);
    const before = modesOf(terminal);
    await terminal.waitFor(/tick \d+/);
    expect(modesOf(terminal)).not.toBe(before);
    process.kill(await childOf(terminal.pid), "SIGKILL");
    await vi.waitFor(() => {
      expect(modesOf(terminal)).toBe(before);
      expectRestored(terminal);
    }, 5000);
    terminal.write("typed\r");
    await terminal.waitFor(/^below\n(?:.*\n)?typed\ntyped\n/);
  });

  test("is the shell's when it is killed while it is suspended", async () => {
    const terminal = await open();
    terminal.write("\u001a");
    await terminal.waitFor(/Stopped[^]*shell> \s*$/);
    terminal.write("kill -KILL %1\r");
    await vi.waitFor(() => expect(terminal.output()).toContain("\u001b7\u001b[?1049l"), 5000);
    terminal.write("echo above\r");
    await terminal.waitFor(/echo above\nabove\n[^]*shell> \s*$/);
    expectRestored(terminal);
  });

  test("is the shell's while it is suspended with Ctrl-Z, and drawn anew with fg", async () => {
    const terminal = await open("tick=50");
    terminal.write("\u001a");
    await terminal.waitFor(/Stopped[^]*shell> \s*$/);
    expectRestored(terminal);
    terminal.write(`${tellModes}\r`);
    await terminal.waitFor(usualModes);
    terminal.write("fg\r");
    await terminal.waitFor(/^ shop {2}Running[^]*tick \d+[^]*q quit\s*$/);
    await terminal.waitFor(() => terminal.mouse() === "drag");
    expect(terminal.isAlternate()).toBe(true);
    expect(terminal.isCursorHidden()).toBe(true);
    // And once more.
    terminal.write("\u001a");
    await terminal.waitFor(/shell> \s*$/);
    terminal.write("fg\r");
    await terminal.waitFor(/^ shop {2}Running[^]*q quit\s*$/);
    terminal.write("j");
    await terminal.waitFor(/│ api .*following/);
  });

  test("is taken again after a SIGSTOP from elsewhere", async () => {
    const terminal = await open();
    process.kill(-(await childOf(terminal.pid)), "SIGSTOP");
    await terminal.waitFor(/Stopped/);
    terminal.write("fg\r");
    await terminal.waitFor(/^ shop {2}Running[^]*that is all[^]*q quit\s*$/);
    terminal.write("j");
    expect(await terminal.waitFor(/│ api .*following/)).toMatch(/▌● api/);
  });
});

/** Prints which modes of the terminal are on (`echo`) or off (`-echo`). */
const tellModes =
  "stty -a | tr ' ' '\\n' | grep -xE -- '-?(echo|icanon|isig|opost|icrnl)' | sort -d | xargs -d '\\n' echo modes";
const compareModes = '[ "$before" = "$(stty -g)" ] && echo modes are the same || echo modes have changed';
const sameModes = /modes are the same/;
const usualModes = /modes echo icanon icrnl isig opost/;

/** The process that the subshell of the terminal's shell runs. */
async function foregroundOf(terminal: Terminal): Promise<number> {
  return childOf(await childOf(terminal.pid));
}

async function childOf(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").at(-1));
}

/** All modes of the line, as `stty` saves them. */
function modesOf(terminal: Terminal): string {
  return execFileSync("sh", ["-c", `stty -g </proc/${terminal.pid}/fd/0`], { encoding: "utf8" });
}

function expectRestored(terminal: Terminal): void {
  expect(terminal.isAlternate()).toBe(false);
  expect(terminal.mouse()).toBe("none");
  expect(terminal.isCursorHidden()).toBe(false);
}
