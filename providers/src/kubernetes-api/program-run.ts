import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import process from "node:process";
import type { Readable } from "node:stream";
import { sourceUnavailable } from "../definition/source-errors.ts";
import type { CredentialProgramOptions, ExecConfig, ProgramCredential } from "./credential-program.ts";

/** One run of a program that makes credentials. */
export interface ProgramRun {
  readonly result: Promise<ProgramCredential>;
  /** Ends it with all that it has started, if it still runs. */
  end(): void;
}

/** Between the polite word and the other one, in milliseconds. */
const grace = 1_000;

/** Credentials are small. */
const longestOutput = 1024 * 1024;

/**
 * Starts the program in a process group of its own, without anything to read from: programs start others, which a signal to
 * the first alone would leave behind.
 */
export function runProgram(exec: ExecConfig, options: CredentialProgramOptions): ProgramRun {
  const { clock, timeout, fail } = options;
  const { command } = exec;
  const { promise: result, resolve, reject } = Promise.withResolvers<ProgramCredential>();
  // Whoever waits is told; it may be that nobody does any more.
  result.catch(() => undefined);
  if (exec.interactiveMode === "Always") {
    reject(fail(`the program "${command}" asks a person (interactiveMode: Always)`));
    return { result, end: () => undefined };
  }
  let child: ChildProcess;
  try {
    child = start(exec, options);
  } catch (error) {
    // Deno throws what Node tells by an event.
    reject(notStarted(error, { exec, fail }));
    return { result, end: () => undefined };
  }
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    signalGroup(child, "SIGTERM");
    const kill = clock.setTimer(() => signalGroup(child, "SIGKILL"), { milliseconds: grace });
    child.once("close", () => kill.clear());
  };
  const timer = clock.setTimer(
    () => {
      end();
      reject(hung(command, timeout));
    },
    { milliseconds: timeout, unref: true },
  );
  const [output, complaint] = [textFrom(child.stdout), textFrom(child.stderr)];
  child.once("error", (error) => reject(notStarted(error, { exec, fail })));
  child.once("close", (code, signal) => {
    isOver = true;
    timer.clear();
    if (code === 0) return resolve(parsed(output(), fail));
    const how = code === null ? `was ended by ${signal ?? "a signal"}` : `ended with ${code}`;
    reject(fail(complaint().trim().slice(0, 2_000) || `the program "${command}" ${how}`));
  });
  return { result, end };
}

function start(exec: ExecConfig, { cluster }: CredentialProgramOptions): ChildProcess {
  const { command, args, env, apiVersion = "client.authentication.k8s.io/v1", provideClusterInfo } = exec;
  const info = {
    apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(provideClusterInfo === true ? { cluster } : {}) },
  };
  return spawn(command, [...(args ?? [])], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
    env: {
      ...process.env,
      ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function textFrom(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= longestOutput) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

/** Nothing of what it says is quoted: it may be a token. */
function parsed(text: string, fail: CredentialProgramOptions["fail"]): Promise<ProgramCredential> {
  let status: ProgramCredential | null | undefined;
  try {
    status = (JSON.parse(text) as { status?: ProgramCredential | null } | null)?.status;
  } catch {
    return Promise.reject(fail("what a program answered is not JSON"));
  }
  const isCredential = typeof status?.token === "string" || typeof status?.clientCertificateData === "string";
  if (isCredential && status) return Promise.resolve(status);
  return Promise.reject(fail("what a program answered has neither a token nor a certificate"));
}

function notStarted(
  error: unknown,
  { exec: { command, installHint }, fail }: { exec: ExecConfig } & Pick<CredentialProgramOptions, "fail">,
): Error {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === "NotCapable")
    return fail(`this process may not run "${command}"`, `Run it with --allow-run=${command} --allow-env.`);
  if (code !== "ENOENT" && name !== "NotFound") return fail(`the program "${command}": ${message}`);
  return fail(
    `there is no program "${command}"`,
    installHint?.trim() || "Install it, or correct PATH or the kubeconfig.",
  );
}

function hung(command: string, timeout: number): Error {
  return sourceUnavailable(`The program "${command}", which makes credentials for Kubernetes,`, {
    cause: new Error(`it was still running after ${Math.round(timeout)} ms, and was ended`),
    hint: 'Run it by hand, as the kubeconfig does, to see what it waits for; or give the layer a longer "timeout".',
  });
}
