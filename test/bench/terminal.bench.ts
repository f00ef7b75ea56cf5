import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pty from "@lydell/node-pty";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const linesPerSecond = 100_000;
const warmUp = 3000;
const measured = 5000;
const keyPresses = 40;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * The interface at 120×35 while the services of the run print 100,000 lines a second: how often it draws, how soon a
 * key shows, how old what is shown is.
 */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "dext-terminal-"));
  const flood = spawn(
    process.execPath,
    [here("terminal-flood.ts"), join(folder, "run.sock"), join(folder, "logs"), String(linesPerSecond)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const said = createInterface(flood.stdout);
  await once(said, "line");
  const screen = openScreen(join(folder, "run.sock"));
  try {
    await screen.sees("following");
    await sleep(warmUp);
    const drawn = await measureFrames(screen);
    const keys = await measureKeys(screen);
    const rate = await endFlood(flood, said);
    return [
      atLeast("lines a second that came", { value: rate, bar: linesPerSecond * 0.95, unit: "lines/s" }),
      atMost("frames a second", { value: drawn.frames, bar: 31, unit: "frames/s" }),
      atLeast("frames a second", { value: drawn.frames, bar: 10, unit: "frames/s" }),
      told("a key until it shows, middle", { value: median(keys), unit: "ms" }),
      atMost("a key until it shows, 19 of 20", { value: percentile(keys, 0.95), bar: 50, unit: "ms" }),
      atMost("age of the newest line that is shown, middle", { value: drawn.age, bar: 1000, unit: "ms" }),
      told("processor of the interface", { value: drawn.cpu * 100, unit: "% of a core" }),
      told("memory of the interface", { value: drawn.memory / 1e6, unit: "MB" }),
    ];
  } finally {
    screen.close();
    flood.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

interface Screen {
  readonly pid: number;
  /** Begins anew to take note of what is sent. */
  forget(): void;
  sent(): string;
  press(key: string): void;
  sees(text: string): Promise<void>;
  close(): void;
}

/** Without an emulator, which would take from the processor what is measured. */
function openScreen(socketPath: string): Screen {
  const { CI: _ci, NO_COLOR: _colour, ...environment } = process.env;
  const child = pty.spawn(process.execPath, [here("terminal-screen.ts"), socketPath], {
    cols: 120,
    rows: 35,
    name: "xterm-256color",
    env: Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  let sent = "";
  let look: (() => void) | undefined;
  child.onData((data) => {
    sent += data;
    look?.();
  });
  return {
    pid: child.pid,
    forget: () => void (sent = ""),
    sent: () => sent,
    press: (key) => child.write(key),
    async sees(text) {
      if (sent.includes(text)) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(
        () => reject(new Error(`"${text}" is not shown: ${sent.slice(-500)}`)),
        20_000,
      );
      look = () => {
        if (sent.includes(text)) resolve();
      };
      await promise;
      clearTimeout(timer);
      look = undefined;
    },
    close: () => child.kill("SIGKILL"),
  };
}

async function measureFrames(
  screen: Screen,
): Promise<{ frames: number; age: number; cpu: number; memory: number }> {
  const before = await readUsage(screen.pid);
  const ages: number[] = [];
  let frames = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < measured) {
    screen.forget();
    await sleep(250);
    const text = screen.sent();
    frames += text.split("\u001b[?2026h").length - 1;
    const newest = [...text.matchAll(/@(\d{13})/g)].at(-1)?.[1];
    if (newest !== undefined) ages.push(Date.now() - Number(newest));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await readUsage(screen.pid);
  return {
    frames: frames / seconds,
    age: median(ages),
    cpu: (after.cpu - before.cpu) / seconds,
    memory: after.memory,
  };
}

/** The help comes in place of the log. */
async function measureKeys(screen: Screen): Promise<number[]> {
  const took: number[] = [];
  for (let press = 0; press < keyPresses; press += 1) {
    // At another moment of the time between two frames each time.
    await sleep(100 + ((press * 7) % 33));
    screen.forget();
    const pressedAt = performance.now();
    screen.press("?");
    await screen.sees("select a resource");
    took.push(performance.now() - pressedAt);
    screen.forget();
    screen.press("?");
    await screen.sees("/products/");
  }
  return took;
}

async function endFlood(
  flood: ChildProcessByStdio<Writable, Readable, null>,
  said: ReturnType<typeof createInterface>,
): Promise<number> {
  const line = once(said, "line") as Promise<[string]>;
  flood.stdin.end();
  return Number((await line)[0]);
}

/** Seconds of processor and bytes of memory of a process. */
async function readUsage(pid: number): Promise<{ cpu: number; memory: number }> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name may have blanks: fields are counted behind it. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(fields[21]) * 4096 };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
