import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connectRun, decodeFrame, listRuns, openLogFolder } from "@dext/hosting/control";
import type { LogFrame } from "@dext/hosting/control";
import type { LogQuery } from "@dext/protocol";
import { floodChildren, floodNames } from "./flood/flood-command.ts";
import { atMost, best, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const linesEach = 250_000;
const rounds = 7;
/** Stands in one line of each child. */
const needle = "1249999";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const dext = here("../../cli/bin/dext.js");
const folder = here("flood");

/** The newest lines and a search among a million: of a run that goes on and of one that has ended, by the API and the command. */
export async function bench(): Promise<BenchRow[]> {
  const runtime = await mkdtemp(join(tmpdir(), "dext-logs-bench-"));
  const environment = {
    ...process.env,
    FLOOD_LINES: String(linesEach),
    FLOOD_KEEP: "1",
    DEXT_RUNTIME_DIRECTORY: runtime,
  };
  await rm(join(folder, ".dext"), { recursive: true, force: true });
  const run = spawn(process.execPath, [dext, "run"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const ended = once(run, "exit");
  try {
    const record = await untilFlooded(runtime);
    const logs = join(folder, ".dext/logs", record.run);
    const client = connectRun({ socketPath: record.socket });
    const live = await measure("live", { frames: (query) => client.logFrames(query), logs, environment });
    run.kill("SIGTERM");
    await ended;
    const opened = await openLogFolder(logs);
    const over = await measure("ended", { frames: (query) => opened.readFrames(query), logs, environment });
    return [...live, ...over];
  } finally {
    run.kill("SIGTERM");
    await ended;
    await rm(join(folder, ".dext"), { recursive: true, force: true });
    await rm(runtime, { recursive: true, force: true });
  }
}

interface Subject {
  frames: (query: LogQuery) => AsyncIterable<LogFrame>;
  logs: string;
  environment: NodeJS.ProcessEnv;
}

async function measure(name: string, { frames, logs, environment }: Subject): Promise<BenchRow[]> {
  const files = (await readdir(logs)).map((file) => join(logs, file));
  const command = (...args: string[]): Promise<string> =>
    output(process.execPath, [dext, "logs", ...args], environment);
  const times = { grep: [] as number[], tail: [] as number[], search: [] as number[] };
  const commands = { node: [] as number[], tail: [] as number[], search: [] as number[] };
  // In turn, so that whatever else the machine does strikes all alike.
  for (let round = 0; round < rounds; round += 1) {
    times.grep.push(await timed(() => output("grep", ["-hF", needle, ...files], environment), isFound));
    times.search.push(await timed(() => readTexts(frames({ search: needle })), isFound));
    times.tail.push(await timed(() => readTexts(frames({ tail: 100 })), isHundred));
    commands.node.push(
      await timed(
        () => output(process.execPath, ["-e", "0"], environment),
        () => true,
      ),
    );
    commands.tail.push(await timed(() => command("--tail", "100"), isHundred));
    commands.search.push(await timed(() => command("--search", needle), isFound));
  }
  const count = `${(floodChildren * linesEach) / 1e6} million lines`;
  return [
    told(`${name}: grep -F over the files of ${count}`, { value: best(times.grep), unit: "ms" }),
    atMost(`${name}: search, times as long as grep -F`, {
      value: best(times.search) / best(times.grep),
      bar: 3,
      unit: "×",
    }),
    atMost(`${name}: newest 100 of ${count}`, { value: best(times.tail), bar: 50, unit: "ms" }),
    told(`${name}: node -e 0`, { value: best(commands.node), unit: "ms" }),
    told(`${name}: dext logs --tail 100, all in all`, { value: best(commands.tail), unit: "ms" }),
    told(`${name}: dext logs --search, all in all`, { value: best(commands.search), unit: "ms" }),
  ];
}

const isFound = (text: string): boolean => lineCount(text) === floodChildren;
const isHundred = (text: string): boolean => lineCount(text) === 100;
const lineCount = (text: string): number => text.trimEnd().split("\n").length;

async function readTexts(frames: AsyncIterable<LogFrame>): Promise<string> {
  let texts = "";
  for await (const frame of frames) for (const { text } of decodeFrame(frame)) texts += `${text}\n`;
  return texts;
}

async function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 1e8 });
  return stdout;
}

async function timed(work: () => Promise<string>, isRight: (text: string) => boolean): Promise<number> {
  const startedAt = performance.now();
  const text = await work();
  const took = performance.now() - startedAt;
  if (!isRight(text)) throw new Error(`Not the lines that were asked for: ${text.slice(0, 500)}`);
  return took;
}

/** Waits until all children have ended and what they said is in the files. */
async function untilFlooded(runtime: string): Promise<{ run: string; socket: string }> {
  for (;;) {
    const [record] = await listRuns(runtime);
    if (record !== undefined) {
      const { resources } = await connectRun({ socketPath: record.socket }).snapshot();
      const ended = resources.filter(
        ({ name, state }) => floodNames().includes(name) && state === "Finished",
      );
      if (ended.length === floodChildren) return sleep(1000, record);
    }
    await sleep(50);
  }
}
