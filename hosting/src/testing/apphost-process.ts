import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { systemClock } from "@dext/core";

/** What {@link AppHostProcess} takes. */
export interface AppHostProcessOptions {
  file: string;
  /** A private folder. */
  folder: string;
  environment: Readonly<Record<string, string>>;
}

/** How an AppHost ended. */
export interface AppHostExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly error?: Error;
}

/** How many lines of its output an error shows. */
const shownLines = 15;

/**
 * The process of an AppHost that ends with this one: it reads from a pipe that only we hold, and the kernel closes that
 * however we end. It does not keep this process alive.
 *
 * What it prints goes into a file and not through pipes, so that nothing of it is open here between two calls.
 */
export class AppHostProcess {
  readonly file: string;
  readonly #child: ChildProcess;
  readonly #outputPath: string;
  readonly #resultPath: string;
  readonly #exited = Promise.withResolvers<AppHostExit>();
  #exit: AppHostExit | undefined;

  constructor({ file, folder, environment }: AppHostProcessOptions) {
    this.file = file;
    this.#outputPath = join(folder, "output");
    this.#resultPath = join(folder, "result.json");
    const output = openSync(this.#outputPath, "w", 0o600);
    try {
      this.#child = spawn(process.execPath, [...runtimeArgs(), basename(file)], {
        cwd: dirname(file),
        // In a session of its own: a Ctrl-C in the terminal reaches the test alone.
        detached: true,
        stdio: ["pipe", output, output],
        env: { ...environment, DEXT_RESULT: this.#resultPath },
      });
    } finally {
      closeSync(output);
    }
    // Nothing is ever written, and that it is gone is told otherwise.
    this.#child.stdin?.on("error", () => {});
    this.#child.once("error", (error) => this.#end({ code: null, signal: null, error }));
    this.#child.once("exit", (code, signal) => this.#end({ code, signal }));
    this.#child.unref();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** How it ended; undefined while it runs. */
  get exit(): AppHostExit | undefined {
    return this.#exit;
  }

  /** Waits for its end, at most so many milliseconds. */
  async waitForExit(milliseconds: number): Promise<AppHostExit | undefined> {
    if (this.#exit !== undefined) return this.#exit;
    this.#child.ref();
    const late = Promise.withResolvers<undefined>();
    const timer = systemClock.setTimer(() => late.resolve(undefined), { milliseconds });
    try {
      return await Promise.race([this.#exited.promise, late.promise]);
    } finally {
      timer.clear();
      this.#child.unref();
    }
  }

  /** Signals it and nothing that it has started. */
  signal(name: NodeJS.Signals): void {
    if (this.#exit === undefined) this.#child.kill(name);
  }

  /** The document that it left about its failure, if it did. */
  async readResult(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#resultPath, "utf8"));
    } catch {
      return undefined;
    }
  }

  /** The last lines that the AppHost file itself has printed, for the end of an error's message. */
  async lastLinesText(): Promise<string> {
    const text = await readFile(this.#outputPath, "utf8").catch(() => "");
    const lines = stripVTControlCharacters(text)
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .slice(-shownLines);
    return lines.length === 0 ? "" : `\nIts last lines:${lines.map((line) => `\n  ${line}`).join("")}`;
  }

  #end(exit: AppHostExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.#child.stdin?.destroy();
    this.#exited.resolve(exit);
  }
}

/** The runtime of the test is that of the AppHost. */
function runtimeArgs(): readonly string[] {
  if ("Deno" in globalThis) return ["run", "-A"];
  return ["ExperimentalWarning", "MODULE_TYPELESS_PACKAGE_JSON"].map(
    (warning) => `--disable-warning=${warning}`,
  );
}
