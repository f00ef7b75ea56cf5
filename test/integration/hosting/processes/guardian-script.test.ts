import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { guardianScript } from "../../../../hosting/src/processes/guardian-script.ts";
import type { ProcessIdentity } from "../../../../hosting/src/processes/process-entry.ts";
import { isAlive, readIdentity } from "../../../../hosting/src/processes/process-identity.ts";
import { findByToken, fixture, hasProgram } from "../../../fixtures/processes/kinds.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const shells = ["dash", "bash", "busybox"].filter((name) => hasProgram(name));

let token: string;
let runId: string;
let folder: string;
const bystanders: ChildProcess[] = [];

beforeEach(() => {
  token = randomUUID();
  runId = token.slice(0, 8);
  folder = mkdtempSync(join(tmpdir(), "dext-guardian-"));
});

afterEach(() => {
  for (const { pid, exitCode, signalCode } of bystanders.splice(0)) {
    // Each leads a group, and some have children.
    if (exitCode === null && signalCode === null) process.kill(-pid!, "SIGKILL");
  }
  for (const pid of findByToken(token)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** The command line of a server, for a shell. */
function server(): string {
  return `"${process.execPath}" "${fixture("server.mjs")}" ${token}`;
}

interface GuardianOptions {
  shell?: string;
  source?: "proc" | "ps";
  leftovers?: string[];
  cleaner?: string[];
  /** Folders before the PATH. */
  path?: string;
}

function startGuardian(options: GuardianOptions = {}): ChildProcess {
  const { shell = "sh", source = "proc", leftovers = [], cleaner = [], path = "" } = options;
  const args = ["-c", 'eval "$DEXT_GUARDIAN"', "dext-guardian", runId, source, String(leftovers.length)];
  args.push(...leftovers, ...cleaner);
  const guardian = spawn(shell, shell === "busybox" ? ["sh", ...args] : args, {
    env: { PATH: `${path}:${process.env["PATH"]}`, DEXT_GUARDIAN: guardianScript },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  bystanders.push(guardian);
  return guardian;
}

/** A process that leads a group, and nothing about it says that it belongs to a run. */
function startBystander(
  command = "sleep",
  args = ["1000"],
  env: Record<string, string> = {},
): ProcessIdentity {
  const child = spawn(command, args, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: "ignore",
    detached: true,
  });
  bystanders.push(child);
  return readIdentity(child.pid!)!;
}

/** The end of the pipe is what a killed AppHost looks like. */
async function endPipe(guardian: ChildProcess, orders = ""): Promise<void> {
  const exited = once(guardian, "exit");
  guardian.stdin!.end(orders);
  await exited;
}

function orderOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid}:${startTime.split("@")[0]}`;
}

describe.each(shells)("The guardian, run by %s,", (shell) => {
  it("ends the processes and groups that it was told of", async () => {
    const single = startBystander();
    const leader = startBystander("sh", ["-c", `${server()} & wait`]);
    await waitUntil(() => findByToken(token).length === 2, { what: () => "parent and child" });
    await endPipe(startGuardian({ shell }), `add ${orderOf(single)}\nadd -${orderOf(leader)}\n`);
    expect([single, leader].filter((one) => isAlive(one))).toEqual([]);
    expect(findByToken(token)).toEqual([]);
  });

  it("ends what carries the run's whole mark and leaves the mark of a longer run id", async () => {
    const ours = startBystander("sleep", ["1000"], { DEXT_RUN: runId });
    const longer = startBystander("sleep", ["1000"], { DEXT_RUN: `${runId}9` });
    const other = startBystander("sleep", ["1000"], { MY_DEXT_RUN: runId });
    await endPipe(startGuardian({ shell }));
    expect(isAlive(ours)).toBe(false);
    expect(isAlive(longer)).toBe(true);
    expect(isAlive(other)).toBe(true);
  });

  it("tells marks apart also with a grep that cannot compare whole entries", async () => {
    const grep = execFileSync("sh", ["-c", "command -v grep"], { encoding: "utf8" }).trim();
    writeFileSync(join(folder, "grep"), `#!/bin/sh\ncase $1 in -*z*) exit 2 ;; esac\nexec ${grep} "$@"\n`);
    chmodSync(join(folder, "grep"), 0o755);
    const ours = startBystander("sleep", ["1000"], { DEXT_RUN: runId });
    const longer = startBystander("sleep", ["1000"], { DEXT_RUN: `${runId}9` });
    await endPipe(startGuardian({ shell, path: folder }));
    expect(isAlive(ours)).toBe(false);
    expect(isAlive(longer)).toBe(true);
  });

  it("harms no process that got a pid or a group's number that was told", async () => {
    const reused = startBystander();
    const reusedGroup = startBystander("sh", ["-c", "sleep 1000 & wait"]);
    await endPipe(startGuardian({ shell }), `add ${reused.pid}:1 -${reusedGroup.pid}:2\n`);
    expect(isAlive(reused)).toBe(true);
    expect(isAlive(reusedGroup)).toBe(true);
  });

  it("harms nothing that was dropped", async () => {
    const [kept, dropped] = [startBystander(), startBystander()];
    const orders = `add ${orderOf(kept)} -${orderOf(dropped)}\ndrop -${orderOf(dropped)}\n`;
    await endPipe(startGuardian({ shell }), orders);
    expect(isAlive(kept)).toBe(false);
    expect(isAlive(dropped)).toBe(true);
  });

  it("ends nothing when it is told to go", async () => {
    const child = startBystander("sleep", ["1000"], { DEXT_RUN: runId });
    const guardian = startGuardian({ shell });
    const exited = once(guardian, "exit");
    guardian.stdin!.write(`add ${orderOf(child)}\nclose\n`);
    expect(await exited).toEqual([0, null]);
    expect(isAlive(child)).toBe(true);
  });

  it("kills what ignores SIGTERM, after a second", async () => {
    const child = spawn(process.execPath, [fixture("stubborn.mjs"), token], {
      stdio: "ignore",
      detached: true,
    });
    bystanders.push(child);
    const identity = readIdentity(child.pid!)!;
    await waitUntil(() => readFileSync(`/proc/${child.pid}/wchan`, "latin1").includes("epoll"), {
      what: () => "a settled program",
    });
    const begin = performance.now();
    await endPipe(startGuardian({ shell }), `add -${orderOf(identity)}\n`);
    expect(isAlive(identity)).toBe(false);
    expect(performance.now() - begin).toBeGreaterThan(1000);
  });

  it("ends what is left of a group whose leader is gone", async () => {
    const leader = spawn("sh", ["-c", `env -i ${server()} & echo; read -r line`], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    const order = `-${orderOf(readIdentity(leader.pid!)!)}`;
    await once(leader.stdout, "data");
    const exited = once(leader, "exit");
    leader.stdin.end("\n");
    await exited;
    await waitUntil(() => findByToken(token).length === 1, { what: () => "the child" });
    await endPipe(startGuardian({ shell }), `add ${order}\n`);
    expect(findByToken(token)).toEqual([]);
  });

  it("ignores an order that was cut off", async () => {
    const child = startBystander();
    await endPipe(startGuardian({ shell }), `add ${orderOf(child)}`);
    expect(isAlive(child)).toBe(true);
  });

  it("is not confused by names of processes", async () => {
    const odd = startBystander("sh", ["-c", 'printf "a) S 1 1 1\n2" > /proc/$$/comm; sleep 1000; :']);
    const child = startBystander();
    await endPipe(startGuardian({ shell }), `add ${orderOf(child)} ${orderOf(odd)}\n`);
    expect(isAlive(child)).toBe(false);
    expect(isAlive(odd)).toBe(false);
  });

  it("outlives SIGINT, SIGTERM and SIGHUP", async () => {
    const child = startBystander();
    const guardian = startGuardian({ shell });
    guardian.stdin!.write(`add ${orderOf(child)}\n`);
    // It ignores them from its first commands on.
    const ignored = () =>
      /SigIgn:\s*(\w+)/.exec(readFileSync(`/proc/${guardian.pid}/status`, "latin1"))?.[1] ?? "0";
    await waitUntil(() => (Number.parseInt(ignored().slice(-4), 16) & 0x4003) === 0x4003, {
      what: () => `signals ignored, mask ${ignored()}`,
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) guardian.kill(signal);
    await endPipe(guardian);
    expect(guardian.signalCode).toBeNull();
    expect(isAlive(child)).toBe(false);
  });

  it("runs the cleaner when the AppHost was killed", async () => {
    const cleaner = [process.execPath, "-e", `require("fs").writeFileSync(process.argv[1], "x")`];
    await endPipe(startGuardian({ shell, cleaner: [...cleaner, join(folder, "a file")] }));
    expect(existsSync(join(folder, "a file"))).toBe(true);
  });

  it("removes leftovers when nothing is alive any more, and runs the cleaner beside", async () => {
    const child = startBystander("sleep", ["1000"], { DEXT_RUN: runId });
    const [file, tree, kept] = ["a file", "tree", "kept"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(join(tree, "in it"), { recursive: true });
    for (const path of [file, join(tree, "in it", "file"), kept]) writeFileSync(path, "");
    const leftovers = [file, tree, join(folder, "never there")];
    await endPipe(startGuardian({ shell, leftovers, cleaner: ["touch", join(folder, "cleaned")] }));
    expect(isAlive(child)).toBe(false);
    expect(readdirSync(folder).toSorted()).toEqual(["cleaned", "kept"]);
  });

  it("leaves everything where it is when it is told to go", async () => {
    writeFileSync(join(folder, "file"), "");
    await endPipe(startGuardian({ shell, leftovers: [join(folder, "file")] }), "close\n");
    expect(existsSync(join(folder, "file"))).toBe(true);
  });

  it("runs no cleaner when it is told to go", async () => {
    await endPipe(startGuardian({ shell, cleaner: ["touch", join(folder, "file")] }), "close\n");
    expect(existsSync(join(folder, "file"))).toBe(false);
  });

  it("finds marked processes and groups where only ps tells about processes", async () => {
    const marked = startBystander("sleep", ["1000"], { DEXT_RUN: runId });
    const longer = startBystander("sleep", ["1000"], { DEXT_RUN: `${runId}9` });
    const parent = startBystander("sh", ["-c", `env -i ${server()} & wait`], { DEXT_RUN: runId });
    await waitUntil(() => findByToken(token).length === 2, { what: () => "parent and child" });
    await endPipe(startGuardian({ shell, source: "ps" }));
    expect([marked, parent].filter((one) => isAlive(one))).toEqual([]);
    expect(findByToken(token)).toEqual([]);
    expect(isAlive(longer)).toBe(true);
  });
});
