import { systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import { execa } from "execa";
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

import type { Guardian } from "./guardian.ts";
import { checkLaunch, refusedStart } from "./launch-check.ts";
import { ProcessEnding } from "./process-ending.ts";
import type { StopOptions, StopResult } from "./process-ending.ts";
import type { ProcessIdentity } from "./process-entry.ts";
import { readIdentity } from "./process-identity.ts";

/** What {@link startProcess} takes. */
export interface StartProcessOptions {
  /** A name to be found on the PATH in `env`, or a path, relative to `cwd`. No shell is involved. */
  command: string;
  args?: readonly string[];
  cwd: string;
  /** The whole environment; nothing of this process's is added but the marks. */
  env: Readonly<Record<string, string>>;
  /** The resource's name and the replica's number, from 0: with them the process is marked. */
  resource: string;
  replica?: number;
  guardian: Guardian;
  /** Run as this user and group; only root can ask for that. */
  user?: { readonly uid: number; readonly gid: number };
  /** What `spawn` takes: a descriptor of this process, `"pipe"` or `"ignore"`. The default is `"ignore"`. */
  stdin?: number | "ignore";
  stdout?: number | "pipe" | "ignore";
  stderr?: number | "pipe" | "ignore";
  clock?: Clock;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessExit {
  exitCode?: number;
  signal?: NodeJS.Signals;
}

/** A process that leads a session of its own and is followed together with everything that comes from it. */
export interface SupervisedProcess {
  readonly pid: number;
  readonly identity: ProcessIdentity;
  /** Present when `"pipe"` was asked for. Someone must read it. */
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** The end of the process itself; what it started may still run, and `stop` ends it. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /**
   * Asks the process and its group to end, waits, kills what is left, and resolves when nothing is.
   *
   * Also for a process that has ended by itself and may have left others. A second call joins the first.
   */
  stop(options: StopOptions): Promise<StopResult>;
  /** Ends everything at once, also while a `stop` waits, which then resolves with the same result. */
  kill(): Promise<StopResult>;
  /** The living processes that came from this one, whatever session or parent they have now. */
  descendants(): readonly ProcessIdentity[];
}

/**
 * Starts a process in a session of its own, registered with the guardian and marked: `DEXT_RUN=<run>`,
 * `DEXT_RESOURCE=<name>#<replica>`, `DEXT_START=<a number for this start>`.
 *
 * @throws DextError with a `DEXT_PROCESS_…` code when it cannot be started
 */
export async function startProcess(options: StartProcessOptions): Promise<SupervisedProcess> {
  const { guardian, resource, replica = 0, clock = systemClock } = options;
  const start = guardian.watch.countStart();
  const marks = {
    DEXT_RUN: guardian.runId,
    DEXT_RESOURCE: `${resource}#${replica}`,
    DEXT_START: String(start),
  };
  const launch = {
    command: options.command,
    args: options.args ?? [],
    cwd: options.cwd,
    env: { ...options.env, ...marks },
  };
  const file = checkLaunch(launch);
  const stdio = [options.stdin ?? "ignore", options.stdout ?? "ignore", options.stderr ?? "ignore"];
  const subprocess = execa(file, launch.args, {
    cwd: launch.cwd,
    env: launch.env,
    extendEnv: false,
    ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
    stdio: stdio as StdioKinds,
    detached: true,
    buffer: false,
    cleanup: false,
    reject: false,
  });
  const { pid } = subprocess;
  if (pid === undefined) throw refusedStart(launch, { file, cause: (await subprocess).cause });

  const identity = identify(pid, (cause) => refusedStart(launch, { file, cause }));
  guardian.register(identity);
  const family = guardian.watch.add(identity, start);
  const child = subprocess.nodeChildProcess;
  const exited = waitForExit(child);
  const ending = new ProcessEnding({ family, guardian, exited, clock });
  void exited.then(() => ending.forgetIfComplete());
  return {
    pid,
    identity,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    exited,
    stop: (stopOptions) => ending.stop(stopOptions),
    kill: () => ending.kill(),
    descendants: () => family.members,
  };
}

/** What cannot be told apart from others could not be ended later: then it is ended now. */
function identify(pid: number, refuse: (cause: unknown) => Error): ProcessIdentity {
  try {
    // One that has ended already has no identity; nothing else has an empty start time.
    return readIdentity(pid) ?? { pid, startTime: "" };
  } catch (error) {
    process.kill(-pid, "SIGKILL");
    throw refuse(error);
  }
}

// Execa takes descriptors at any place; its types do not follow a list that is not literal.
type StdioKinds = ["ignore", "pipe", "pipe"];

/** Execa's own promise also waits for the output, whose ends a daemon can hold for ever. */
function waitForExit(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      resolve(signal === null ? { exitCode: exitCode ?? 0 } : { signal });
    });
  });
}
