import { execFile } from "node:child_process";
import { closeSync, constants, openSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import { readFifo, readStream } from "./output-reader.ts";
import type { OutputReader } from "./output-reader.ts";
import type { LogSink } from "./log-sink.ts";

/** The output of a child, as far as it is not a number that we gave it. */
interface ChildStreams {
  readonly stdout?: Readable | null | undefined;
  readonly stderr?: Readable | null | undefined;
}

/** What a child's output goes through. */
export interface OutputPipes {
  /** To be given to the child as its stdout. */
  readonly stdout: number | "pipe";
  /** To be given to the child as its stderr. */
  readonly stderr: number | "pipe";
  /** Reads into the sink from now on. Call it once, when the child has been started. */
  connect(child: ChildStreams, sink: LogSink): ChildOutput;
  /** Closes everything; for when the child could not be started. */
  close(): void;
}

/** The reading of a child's output. */
export interface ChildOutput {
  /** Resolves when both streams have ended, which may be long after the child: a grandchild can hold them open. */
  readonly ended: Promise<void>;
  /**
   * Waits for the end of both streams, at most `timeout` milliseconds, then stops reading. Resolves with whether they
   * had ended. A last line without an end is kept either way.
   */
  drain(options: { timeout: number }): Promise<boolean>;
  /** Stops reading at once. */
  destroy(): void;
}

export interface OutputPipesOptions {
  clock?: Clock;
  /** Where FIFOs stand for the moment until they are open; the system's folder for temporary files when absent. */
  directory?: string;
  /** Uses plain pipes where FIFOs would be better; they are used anyway where there is no `mkfifo`, and on Deno. */
  plain?: boolean;
}

/**
 * Makes what the output of one child goes through.
 *
 * Node's own "pipe" is a UNIX socket pair, to which writing costs 2.5 times as much, and in which a child cannot open
 * `/dev/stdout` (https://github.com/nodejs/node/issues/11257): there, the child gets one end of a FIFO, which nobody
 * else can open, because its name is gone before the child starts. Deno's are real pipes.
 */
export async function openOutputPipes({
  clock = systemClock,
  directory = tmpdir(),
  plain = false,
}: OutputPipesOptions = {}): Promise<OutputPipes> {
  const fifos =
    plain || "Deno" in globalThis || process.platform === "win32" ? undefined : await openFifos(directory);
  return fifos === undefined ? plainPipes(clock) : fifoPipes(fifos, clock);
}

interface Fifo {
  readEnd: number;
  writeEnd: number;
}

function plainPipes(clock: Clock): OutputPipes {
  return {
    stdout: "pipe",
    stderr: "pipe",
    connect: ({ stdout, stderr }, sink) =>
      new ReadOutput(
        [
          ...(stdout ? [readStream(stdout, { sink, name: "stdout" })] : []),
          ...(stderr ? [readStream(stderr, { sink, name: "stderr" })] : []),
        ],
        clock,
      ),
    close() {},
  };
}

function fifoPipes([stdout, stderr]: readonly [Fifo, Fifo], clock: Clock): OutputPipes {
  return {
    stdout: stdout.writeEnd,
    stderr: stderr.writeEnd,
    connect(_child, sink) {
      // The child has its own copies: while we hold ours the streams would never end.
      closeSync(stdout.writeEnd);
      closeSync(stderr.writeEnd);
      return new ReadOutput(
        [
          readFifo(stdout.readEnd, { sink, name: "stdout" }),
          readFifo(stderr.readEnd, { sink, name: "stderr" }),
        ],
        clock,
      );
    },
    close() {
      for (const { readEnd, writeEnd } of [stdout, stderr]) {
        closeSync(writeEnd);
        closeSync(readEnd);
      }
    },
  };
}

class ReadOutput implements ChildOutput {
  readonly ended: Promise<void>;
  readonly #readers: readonly OutputReader[];
  readonly #clock: Clock;

  constructor(readers: readonly OutputReader[], clock: Clock) {
    this.#readers = readers;
    this.#clock = clock;
    this.ended = Promise.all(readers.map(({ ended }) => ended)).then(() => {});
  }

  async drain({ timeout }: { timeout: number }): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const timer = this.#clock.setTimer(() => late.resolve(false), { milliseconds: timeout });
    const inTime = await Promise.race([this.ended.then(() => true), late.promise]);
    timer.clear();
    if (!inTime) this.destroy();
    return inTime;
  }

  destroy(): void {
    for (const reader of this.#readers) reader.destroy();
  }
}

/** Two FIFOs in a folder that only we can enter and that is gone when this returns; undefined where there are none. */
async function openFifos(directory: string): Promise<[Fifo, Fifo] | undefined> {
  const folder = await mkdtemp(join(directory, "dext-output-"));
  const paths = [join(folder, "stdout"), join(folder, "stderr")];
  const opened: Fifo[] = [];
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", ...paths]);
    for (const path of paths) opened.push(openFifo(path));
    return [opened[0]!, opened[1]!];
  } catch {
    // No mkfifo, or a file system without FIFOs: plain pipes do, only slower.
    for (const { readEnd, writeEnd } of opened) {
      closeSync(readEnd);
      closeSync(writeEnd);
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openFifo(path: string): Fifo {
  // The reader first, without waiting for a writer; then the writer does not wait either.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { readEnd, writeEnd: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    closeSync(readEnd);
    throw error;
  }
}
