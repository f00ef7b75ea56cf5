import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { newRunId, openRuntimeDirectory, runPaths } from "@dext/hosting/control";
import type { AppHostRuntime } from "./choose-runtime.ts";

/** What {@link startAppHost} takes. */
export interface StartAppHostOptions {
  file: string;
  runtime: AppHostRuntime;
  operation: "run" | "describe";
  /** The variables of the contract that go with the operation. */
  environment?: Readonly<Record<string, string>>;
  /** It outlives this process: nothing of it is held here, and what it prints itself goes to a file. */
  isDetached?: boolean;
  /** It prints the run itself, to our stdout. */
  isPrinter?: boolean;
  /** Each line that the AppHost itself prints. */
  onLine?: (line: { stream: "stdout" | "stderr"; text: string }) => void;
}

/** How a process ended. */
export interface AppHostExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The process of an AppHost. */
export interface AppHostProcess {
  readonly file: string;
  readonly runtime: AppHostRuntime;
  readonly pid: number;
  /** Resolves when it has ended and what it printed has been read. */
  readonly exited: Promise<AppHostExit>;
  readonly hasExited: () => boolean;
  /** The last lines that it wrote to stderr. */
  errorOutput(): string;
  /** The document that it wrote to `DEXT_RESULT`, if it did. */
  readResult(): Promise<unknown>;
  /** Ends its stdin: "the client has gone, stop in order". */
  release(): void;
  /** Signals its whole group. */
  signal(name: NodeJS.Signals): void;
  /** Leaves it to itself: this process may end. */
  leave(): void;
  isLeft(): boolean;
  /** Removes the files between this process and it. */
  dispose(): Promise<void>;
}

/**
 * Starts an AppHost as the leader of a session of its own, so that a Ctrl-C on the terminal reaches only us, who pass
 * it on in order.
 */
export async function startAppHost(options: StartAppHostOptions): Promise<AppHostProcess> {
  const { file, runtime, operation, environment = {}, onLine = () => {} } = options;
  const { isDetached = false, isPrinter = false } = options;
  const { result: resultFile, output: outputFile } = await filesOf(environment);
  const output = isDetached ? openSync(outputFile, "w", 0o600) : undefined;
  const child = spawn(runtime.command, [...runtime.args, basename(file)], {
    cwd: dirname(file),
    detached: true,
    stdio:
      output === undefined ? ["pipe", "pipe", "pipe", ...(isPrinter ? [1] : [])] : ["ignore", output, output],
    env: {
      ...process.env,
      ...environment,
      DEXT_OPERATION: operation,
      ...(isDetached ? { DEXT_DETACHED: "1" } : { DEXT_ATTACHED: "1" }),
      ...(isPrinter ? { DEXT_OUTPUT_DESCRIPTOR: "3" } : {}),
      DEXT_RESULT: resultFile,
    },
  });
  if (output !== undefined) closeSync(output);
  const errors = createTail(200);
  const read = readLines(child, (line) => {
    if (line.stream === "stderr") errors.add(line.text);
    onLine(line);
  });
  // It ends when the AppHost does; writing to it never matters.
  child.stdin?.on("error", () => {});
  let ended = false;
  let left = false;
  const exited = waitForExit(child, read).then((exit) => {
    ended = true;
    return exit;
  });
  return {
    file,
    runtime,
    pid: child.pid ?? -1,
    exited,
    hasExited: () => ended || child.exitCode !== null || child.signalCode !== null,
    errorOutput: () => (isDetached ? readFileSync(outputFile, "utf8") : errors.text()),
    readResult: () => readJson(resultFile),
    release: () => child.stdin?.destroy(),
    leave() {
      left = true;
      child.unref();
    },
    isLeft: () => left,
    signal: (name) => signalGroup(child.pid, name),
    async dispose() {
      for (const path of [resultFile, outputFile]) await rm(path, { force: true });
    },
  };
}

/** They stand in the folder of runs, where what a killed process leaves is found and removed. */
async function filesOf(
  environment: Readonly<Record<string, string>>,
): Promise<{ result: string; output: string }> {
  const directory = environment["DEXT_RUNTIME_DIRECTORY"] ?? (await openRuntimeDirectory());
  return runPaths(directory, environment["DEXT_RUN_ID"] ?? newRunId());
}

async function waitForExit(child: ChildProcess, read: Promise<unknown>): Promise<AppHostExit> {
  // Rejects when the program cannot be started at all.
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  // A process that it left behind may hold the pipes open: their end is not waited for without a limit.
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, 500)));
  await Promise.race([read, limit]);
  clearTimeout(timer);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  return { code, signal };
}

function readLines(
  child: ChildProcess,
  onLine: (line: { stream: "stdout" | "stderr"; text: string }) => void,
): Promise<unknown> {
  return Promise.all(
    (["stdout", "stderr"] as const).map((stream) => {
      const input = child[stream];
      if (input === null) return Promise.resolve();
      const reader = createInterface({ input });
      reader.on("line", (text) => onLine({ stream, text }));
      return once(reader, "close");
    }),
  );
}

function createTail(limit: number): { add(line: string): void; text(): string } {
  const lines: string[] = [];
  return {
    add(line) {
      lines.push(line);
      if (lines.length > limit) lines.shift();
    },
    text: () => lines.join("\n"),
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Gone already.
  }
}
