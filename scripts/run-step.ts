import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./packages.ts";

/** What a step is run with. */
export interface StepOptions {
  environment?: Record<string, string>;
  /** Also gives what was printed, on both streams. */
  capture?: boolean;
}

/** Runs a command of the repository with its own Node and tools first on the PATH; what it prints is shown. */
export function runStep(
  command: string,
  args: readonly string[],
  { environment = {}, capture = false }: StepOptions = {},
): Promise<{ exitCode: number; output: string }> {
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      // A pipe is no terminal: without this a captured step would lose its colours.
      env: {
        ...process.env,
        ...(capture && process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}),
        PATH: path,
        ...environment,
      },
      stdio: ["ignore", capture ? "pipe" : "inherit", capture ? "pipe" : "inherit"],
    });
    let output = "";
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        process[name].write(text);
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
