import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openLogFolder } from "../../hosting/src/logs/log-folder.ts";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const children = 4;
const linesEach = 500_000;
const lineLength = 120;
const rounds = 3;
const subject = fileURLToPath(new URL("log-flood-subject.ts", import.meta.url));
const concurrently = fileURLToPath(
  new URL("../../node_modules/concurrently/dist/bin/concurrently.js", import.meta.url),
);

/**
 * Four children of 500,000 lines of 120 bytes each, one write a line, our stdout to a file: the log path beside
 * `concurrently` and four plain `cat`, and what the log files are good for afterwards.
 */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "dext-log-flood-"));
  try {
    return [...(await measureFlood(folder)), ...(await measureFiles(join(folder, "logs")))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureFlood(folder: string): Promise<BenchRow[]> {
  const commands = await floodCommands();
  const printed = join(folder, "printed.txt");
  const logs = join(folder, "logs");
  const ours: Ended[] = [];
  const cats: Ended[] = [];
  const peers: Ended[] = [];
  // In turn, so that whatever else the machine does strikes all alike.
  for (let round = 0; round < rounds; round += 1) {
    await rm(logs, { recursive: true, force: true });
    cats.push(await run("sh", ["-c", catScript(commands, folder)], { output: printed }));
    peers.push(await run(process.execPath, [concurrently, ...commands], { output: printed }));
    ours.push(await run(process.execPath, [subject, logs, ...commands], { output: printed }));
  }
  const faults = await findFaults(printed);
  const peak = Math.max(...ours.map(({ said }) => (JSON.parse(said) as { peak: number }).peak));
  const wall = (ended: readonly Ended[]): number => median(ended.map(({ milliseconds }) => milliseconds));
  return [
    told("four plain cat, each to a file", { value: wall(cats), unit: "ms" }),
    told("concurrently", { value: wall(peers), unit: "ms" }),
    told("log path: files written, lines printed", { value: wall(ours), unit: "ms" }),
    atLeast("faster than concurrently", { value: wall(peers) / wall(ours), bar: 1.5, unit: "×" }),
    atLeast("of the rate of four plain cat", { value: (wall(cats) / wall(ours)) * 100, bar: 40, unit: "%" }),
    atMost("lines lost, torn or out of order", { value: faults, bar: 0, unit: "lines" }),
    atMost("memory while that runs, at most", { value: peak / 1e6, bar: 200, unit: "MB" }),
    ...(await measureStalled(commands, logs)),
  ];
}

/** Nobody reads our stdout: it is a pipe that stays full. */
async function measureStalled(commands: readonly string[], logs: string): Promise<BenchRow[]> {
  await rm(logs, { recursive: true, force: true });
  const child = spawn(process.execPath, [subject, logs, ...commands], { stdio: ["ignore", "pipe", "pipe"] });
  const [line] = (await once(createInterface(child.stderr), "line")) as [string];
  child.kill("SIGKILL");
  await once(child, "exit");
  const { peak } = JSON.parse(line) as { peak: number };
  return [atMost("memory with nobody reading our stdout", { value: peak / 1e6, bar: 200, unit: "MB" })];
}

/** The files of the last flood: two million lines. */
async function measureFiles(logs: string): Promise<BenchRow[]> {
  const needle = "1499999";
  const grep: number[] = [];
  const search: number[] = [];
  const tail: number[] = [];
  const names = (await readdir(logs)).map((name) => join(logs, name));
  for (let round = 0; round < rounds; round += 1) {
    grep.push(
      (await timed(() => promisify(execFile)("grep", ["-cF", needle, ...names]).catch(() => {}))).took,
    );
    search.push((await timed(() => readCount(logs, { search: needle }))).took);
    tail.push((await timed(() => readCount(logs, { tail: 100 }))).took);
  }
  return [
    told("grep -F over the files", { value: median(grep), unit: "ms" }),
    atMost("search, times as long as grep -F", { value: median(search) / median(grep), bar: 3, unit: "×" }),
    atMost("newest 100 of two million lines", { value: median(tail), bar: 50, unit: "ms" }),
  ];
}

async function readCount(logs: string, query: { search?: string; tail?: number }): Promise<number> {
  let count = 0;
  for await (const _ of (await openLogFolder(logs)).read(query)) count += 1;
  return count;
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ took: number; result: Result }> {
  const startedAt = performance.now();
  const result = await work();
  return { took: performance.now() - startedAt, result };
}

/** A shell command for each child; Perl writes fastest, Node is always there. */
async function floodCommands(): Promise<string[]> {
  const last = 1_000_000 + linesEach;
  const padding = "x".repeat(lineLength - "svc0 1000001 \n".length);
  const perl = `perl -e '$p=" ${padding}\\n"; for $i (1000001..${last}) { syswrite STDOUT, "svcN $i$p" }'`;
  const node =
    `${process.execPath} -e 'const { writeSync } = require("fs"); ` +
    `for (let i = 1000001; i <= ${last}; i += 1) writeSync(1, "svcN " + i + " ${padding}\\n")'`;
  const hasPerl = await promisify(execFile)("perl", ["-e", "1"]).then(
    () => true,
    () => false,
  );
  const command = hasPerl ? perl : node;
  return Array.from({ length: children }, (_, index) => command.replace("svcN", `svc${index}`));
}

function catScript(commands: readonly string[], folder: string): string {
  const pipelines = commands.map(
    (command, index) => `${command} | cat > ${join(folder, `cat-${index}.txt`)} &`,
  );
  return `${pipelines.join("\n")}\nwait`;
}

interface Ended {
  milliseconds: number;
  /** What it wrote to stderr. */
  said: string;
}

async function run(command: string, args: readonly string[], { output }: { output: string }): Promise<Ended> {
  const file = await open(output, "w");
  try {
    const startedAt = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", file.fd, "pipe"] });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child, "close");
    return { milliseconds: performance.now() - startedAt, said };
  } finally {
    await file.close();
  }
}

/** How many of the printed lines are not the one that was due, and how many are missing. */
async function findFaults(printed: string): Promise<number> {
  const next = new Map<string, number>();
  const rest = "x".repeat(lineLength - "svc0 1000001 \n".length);
  let faults = 0;
  let count = 0;
  for await (const line of createInterface(createReadStream(printed))) {
    const name = line.slice(0, 4);
    const number = next.get(name) ?? 1_000_001;
    if (line !== `${name} | ${name} ${number} ${rest}`) faults += 1;
    next.set(name, number + 1);
    count += 1;
  }
  return faults + Math.abs(children * linesEach - count);
}
