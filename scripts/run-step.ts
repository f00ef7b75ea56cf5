import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./packages.ts";

/** What a step is run with. */
export interface StepOptions {
  environment?: Record<string, string>;
  /** Also gives what was printed. */
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
      env: { ...process.env, PATH: path, ...environment },
      stdio: ["ignore", capture ? "pipe" : "inherit", "inherit"],
    });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
