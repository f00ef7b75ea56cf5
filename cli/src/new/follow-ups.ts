import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import type { FollowUp } from "@dext/generators";
import { printProgress } from "@dext/hosting/output";
import { cliError } from "../error-codes.ts";

/** What of the follow-ups is wanted. */
export interface FollowUpOptions {
  readonly target: string;
  readonly install: boolean;
  readonly git: boolean;
}

/**
 * Takes the steps after a commit; those that are left to a person are given back as lines. What is committed stays,
 * whatever becomes of them.
 *
 * @throws DextError `DEXT_CLI_FOLLOW_UP_FAILED`, `DEXT_CLI_INTERRUPTED`
 */
export async function takeFollowUps(
  followUps: readonly FollowUp[],
  { target, install, git }: FollowUpOptions,
): Promise<string[]> {
  const left: string[] = [];
  for (const step of followUps) {
    if (step.kind === "next-step") left.push(step.text);
    // A project formats by what it likes: that is nobody's to choose here.
    if (step.kind === "format") left.push(`format ${step.paths.join(", ")}`);
    if (step.kind === "git-init" && git) await initGit(join(target, step.directory));
    if (step.kind === "install") {
      const { directory, packageManager = "npm" } = step;
      if (install) await installPackages(join(target, directory), packageManager);
      else left.push(`${packageManager} install${directory === "." ? "" : ` in ${directory}`}`);
    }
  }
  return left;
}

async function installPackages(directory: string, packageManager: string): Promise<void> {
  printProgress(`${packageManager} install`);
  const quiet = packageManager === "npm" ? ["--no-audit", "--no-fund"] : [];
  const { code, signal } = await run(packageManager, { args: ["install", ...quiet], directory });
  if (code === 0) return;
  const hint = `The files are written. Run ${packageManager} install in "${directory}" when it can work.`;
  if (signal === "SIGINT" || code === 130) {
    throw cliError("DEXT_CLI_INTERRUPTED", `${packageManager} install was interrupted`, { hint });
  }
  const how =
    code === undefined
      ? `${packageManager} is not on the PATH`
      : `${packageManager} install ended with ${signal ?? code}`;
  throw cliError("DEXT_CLI_FOLLOW_UP_FAILED", how, { hint, details: { directory, packageManager } });
}

/** A folder in a repository needs none of its own; a machine without git does without. */
async function initGit(directory: string): Promise<void> {
  const inside = await run("git", { args: ["rev-parse", "--is-inside-work-tree"], directory, silent: true });
  if (inside.code === 0 || inside.code === undefined) return;
  await run("git", { args: ["init", "--quiet"], directory });
}

interface Ended {
  /** Undefined when the program is not there. */
  readonly code: number | null | undefined;
  readonly signal: NodeJS.Signals | null;
}

async function run(
  command: string,
  { args, directory, silent = false }: { args: readonly string[]; directory: string; silent?: boolean },
): Promise<Ended> {
  const output = silent ? "ignore" : process.stderr;
  const child = spawn(command, args, {
    cwd: directory,
    // What others print is no result of ours.
    stdio: ["ignore", output, output],
    shell: process.platform === "win32",
  });
  process.on("SIGINT", leaveToChild);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { code, signal };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { code: undefined, signal: null };
  } finally {
    process.off("SIGINT", leaveToChild);
  }
}

/** Ctrl-C reaches both: the child ends when it has tidied up, and this program after it. */
function leaveToChild(): void {}
