import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { AppHostRuntime } from "../apphost/choose-runtime.ts";

/** Whether this program runs on Deno. */
export const isDeno: boolean = "Deno" in globalThis;

/**
 * Runs this same command on Deno, where the definition of a Deno project can be imported; its output is ours.
 *
 * @returns the exit code.
 */
export async function runOnDeno({ command, args }: AppHostRuntime): Promise<number> {
  const program = fileURLToPath(new URL("../../bin/dext.js", import.meta.url));
  const child = spawn(command, [...args, "--quiet", program, ...process.argv.slice(2)], { stdio: "inherit" });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
