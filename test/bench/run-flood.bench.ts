import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openLogFolder } from "../../hosting/src/logs/log-folder.ts";
import { floodChildren, floodCommand, floodLine, floodNames, lineLength } from "./flood/flood-command.ts";
import { findChild, readChildrenProcessor, readUsage } from "./process-usage.ts";
import { atLeast, atMost, best, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const linesEach = 500_000;
const rounds = 5;
/** How long nobody reads our stdout, in milliseconds. */
const stalledFor = Number(process.env["DEXT_BENCH_STALL"] ?? 60_000);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const dext = here("../../cli/bin/dext.js");
const concurrently = here("../../node_modules/concurrently/dist/bin/concurrently.js");
const folder = here("flood");

/**
 * Four children of 500,000 lines of 120 bytes each, one write a line, through the whole of `dext run`: our stdout to a
 * file and log files written, beside `concurrently` and four plain `cat` in the same run; then what the AppHost takes
 * while that runs, afterwards, and with nobody reading our stdout.
 */
export async function bench(): Promise<BenchRow[]> {
  const temporary = await mkdtemp(join(tmpdir(), "dext-run-flood-"));
  try {
    return [
      ...(await measureSpeed(temporary)),
      ...(await measureMemory(temporary)),
      ...(await measureStalled()),
    ];
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(join(folder, ".dext"), { recursive: true, force: true });
  }
}

async function measureSpeed(temporary: string): Promise<BenchRow[]> {
  const commands = floodNames().map((name) => floodCommand(name, { lines: linesEach }));
  const printed = join(temporary, "printed.txt");
  const cats: Ended[] = [];
  const peers: Ended[] = [];
  const ours: Ended[] = [];
  let faults = 0;
  let logFaults = 0;
  // In turn, so that whatever else the machine does strikes all alike.
  for (let round = 0; round < rounds; round += 1) {
    cats.push(await timed("sh", ["-c", catScript(commands, temporary)], { output: printed }));
    peers.push(await timed(process.execPath, [concurrently, ...commands], { output: printed }));
    await rm(join(folder, ".dext"), { recursive: true, force: true });
    ours.push(await timed(process.execPath, [dext, "run"], { output: printed }));
    const lines = createInterface(createReadStream(printed));
    faults += (await countFaults(lines)).faults;
    logFaults += await countLogFaults();
  }
  const wall = (ended: readonly Ended[]): number => best(ended.map(({ milliseconds }) => milliseconds));
  const processor = (ended: readonly Ended[]): number => best(ended.map(({ seconds }) => seconds));
  // Of each round: how busy the machine is otherwise changes from one to the next.
  const timesOurs = (others: readonly Ended[]): number =>
    median(others.map(({ milliseconds }, round) => milliseconds / ours[round]!.milliseconds));
  const megabytes = (floodChildren * linesEach * lineLength) / 1e6;
  return [
    told("four plain cat, each to a file, best", { value: wall(cats), unit: "ms" }),
    told("concurrently, best", { value: wall(peers), unit: "ms" }),
    told("dext run: from the command to its end, best", { value: wall(ours), unit: "ms" }),
    told("dext run: output", { value: (megabytes / wall(ours)) * 1000, unit: "MB/s" }),
    told("concurrently: processor, with the children", { value: processor(peers), unit: "s" }),
    told("dext run: processor, with the children", { value: processor(ours), unit: "s" }),
    atLeast("faster than concurrently", { value: timesOurs(peers), bar: 1.5, unit: "×" }),
    atLeast("of the rate of four plain cat", { value: timesOurs(cats) * 100, bar: 40, unit: "%" }),
    atMost("printed lines lost, torn or out of order", { value: faults, bar: 0, unit: "lines" }),
    atMost("logged lines lost, torn or out of order", { value: logFaults, bar: 0, unit: "lines" }),
  ];
}

async function measureMemory(temporary: string): Promise<BenchRow[]> {
  const output = await open(join(temporary, "printed.txt"), "w");
  const run = startRun(output.fd);
  try {
    const appHost = await findAppHost(run);
    await untilFlooded(appHost);
    await sleep(1000);
    const usage = await readUsage(appHost);
    return [
      atMost("AppHost: memory while that runs, at most", {
        value: (usage?.peak ?? 0) / 1e6,
        bar: 200,
        unit: "MB",
      }),
      atMost("AppHost: memory afterwards", { value: (usage?.memory ?? 0) / 1e6, bar: 200, unit: "MB" }),
    ];
  } finally {
    await stopRun(run);
    await output.close();
  }
}

/** Our stdout is a pipe that stays full. */
async function measureStalled(): Promise<BenchRow[]> {
  const startedAt = performance.now();
  const run = startRun("pipe") as ChildProcessByStdio<null, Readable, null>;
  try {
    const appHost = await findAppHost(run);
    await untilFlooded(appHost);
    const took = performance.now() - startedAt;
    await sleep(Math.max(0, stalledFor - took));
    const usages = await Promise.all([readUsage(appHost), readUsage(run.pid ?? -1)]);
    const [ours, cli] = usages.map((usage) => (usage?.peak ?? 0) / 1e6);
    const seconds = Math.round(Math.max(stalledFor, took) / 1000);
    const read = countFaults(createInterface(run.stdout));
    // What was kept for the reader comes first: a run that is stopped does not wait for long.
    await sleep(3000);
    await endRun(run);
    const { faults, skipped } = await read;
    return [
      told("nobody reads for", { value: seconds, unit: "s" }),
      told("nobody reads: until all children have ended", { value: took, unit: "ms" }),
      atMost("nobody reads: memory of the AppHost, at most", { value: ours ?? 0, bar: 200, unit: "MB" }),
      atMost("nobody reads: memory of dext run, at most", { value: cli ?? 0, bar: 200, unit: "MB" }),
      told("nobody reads: lines counted as skipped", { value: skipped, unit: "lines" }),
      atMost("read late: lines lost uncounted, torn or out of order", {
        value: faults,
        bar: 0,
        unit: "lines",
      }),
    ];
  } finally {
    await stopRun(run);
  }
}

function startRun(stdout: number | "pipe"): ChildProcess {
  return spawn(process.execPath, [dext, "run"], {
    cwd: folder,
    env: environment({ FLOOD_KEEP: "1" }),
    stdio: ["ignore", stdout, "inherit"],
  });
}

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { ...process.env, FLOOD_LINES: String(linesEach), ...more };
}

async function findAppHost(run: ChildProcess): Promise<number> {
  for (;;) {
    const found = await findChild(run.pid ?? -1, "apphost.ts");
    if (found !== undefined) return found;
    if (run.exitCode !== null) throw new Error(`dext run ended with ${run.exitCode}`);
    await sleep(5);
  }
}

/** Waits until each child was there and has ended. */
async function untilFlooded(appHost: number): Promise<void> {
  const waiting = new Set(floodNames());
  const seen = new Set<string>();
  while (waiting.size > 0) {
    for (const name of waiting) {
      const isThere = (await findChild(appHost, `${name} $i`)) ?? (await findChild(appHost, `"${name} "`));
      if (isThere !== undefined) seen.add(name);
      else if (seen.has(name)) waiting.delete(name);
    }
    await sleep(20);
  }
}

async function endRun(run: ChildProcess): Promise<void> {
  const ended = once(run, "exit");
  run.kill("SIGTERM");
  await ended;
}

async function stopRun(run: ChildProcess): Promise<void> {
  run.stdout?.resume();
  if (run.exitCode === null && run.signalCode === null) await endRun(run);
}

function catScript(commands: readonly string[], temporary: string): string {
  const pipelines = commands.map(
    (command, index) => `${command} | cat > ${join(temporary, `cat-${index}.txt`)} &`,
  );
  return `${pipelines.join("\n")}\nwait`;
}

interface Ended {
  milliseconds: number;
  /** Of processor, with all that it started. */
  seconds: number;
}

/** What a command takes that prints to a file. */
async function timed(
  command: string,
  args: readonly string[],
  { output }: { output: string },
): Promise<Ended> {
  const file = await open(output, "w");
  try {
    const before = await readChildrenProcessor();
    const startedAt = performance.now();
    const child = spawn(command, args, {
      cwd: folder,
      env: environment(),
      stdio: ["ignore", file.fd, "inherit"],
    });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`${command} ended with ${code ?? "a signal"}`);
    const milliseconds = performance.now() - startedAt;
    return { milliseconds, seconds: (await readChildrenProcessor()) - before };
  } finally {
    await file.close();
  }
}

/** How many of the lines of the children are not the one that was due or are missing; what was told as skipped is due. */
async function countFaults(lines: AsyncIterable<string>): Promise<{ faults: number; skipped: number }> {
  const next = new Map(floodNames().map((name) => [name, 0]));
  let faults = 0;
  let skipped = 0;
  for await (const line of lines) {
    const [, name = "", text = ""] = /^(\w+) +\| (.*)$/s.exec(line) ?? [];
    const number = next.get(name);
    if (number === undefined) {
      // States and what Dext says are no lines of a child; a torn line of one has its padding.
      if (line.includes("xxxxx")) faults += 1;
      continue;
    }
    const [, gone] = /^… (\d+) lines? skipped$/.exec(text) ?? [];
    if (gone !== undefined) {
      skipped += Number(gone);
      next.set(name, number + Number(gone));
    } else {
      if (text !== floodLine(name, number)) faults += 1;
      next.set(name, number + 1);
    }
  }
  for (const number of next.values()) faults += Math.abs(linesEach - number);
  return { faults, skipped };
}

/** The same for the log files of the one run that is there. */
async function countLogFaults(): Promise<number> {
  const logs = join(folder, ".dext/logs");
  const [run = ""] = await readdir(logs);
  const next = new Map(floodNames().map((name) => [name, 0]));
  let faults = 0;
  let seq = 0;
  for await (const line of (await openLogFolder(join(logs, run))).read()) {
    if (line.seq <= seq) faults += 1;
    seq = line.seq;
    if (line.stream === "system") continue;
    const number = next.get(line.resource) ?? 0;
    if (line.text !== floodLine(line.resource, number)) faults += 1;
    next.set(line.resource, number + 1);
  }
  for (const number of next.values()) faults += Math.abs(linesEach - number);
  return faults;
}
