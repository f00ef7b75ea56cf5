import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ProcessIdentity } from "../../../../hosting/src/processes/process-entry.ts";
import { isAlive, readIdentity } from "../../../../hosting/src/processes/process-identity.ts";
import { ProcessLedger } from "../../../../hosting/src/processes/process-ledger.ts";
import { cleanUpRun, findStaleProcesses } from "../../../../hosting/src/processes/stale-processes.ts";
import { cleanEnvironment } from "../../../fixtures/processes/environment.ts";
import { findByToken, fixture } from "../../../fixtures/processes/kinds.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const children: ChildProcess[] = [];
let token: string;
let run: string;
let folder: string;
let ledger: string;

beforeEach(() => {
  token = randomUUID();
  run = token.slice(0, 8);
  folder = mkdtempSync(join(tmpdir(), "dext-stale-"));
  ledger = join(folder, "run.processes");
});

afterEach(() => {
  for (const { pid, exitCode, signalCode } of children.splice(0)) {
    // Each leads a group, and some have children.
    if (exitCode === null && signalCode === null) process.kill(-pid!, "SIGKILL");
  }
  for (const pid of findByToken(token)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string, args: string[], env: Record<string, string> = {}): ProcessIdentity {
  const child = spawn(command, args, {
    stdio: "ignore",
    detached: true,
    env: { ...cleanEnvironment(), ...env },
  });
  children.push(child);
  return readIdentity(child.pid!)!;
}

function pidsOf(processes: readonly ProcessIdentity[]): Set<number> {
  return new Set(processes.map(({ pid }) => pid));
}

/** A run whose AppHost had this process's pid, at another time. */
function deadRun(): { run: string; pid: number; startTime: string } {
  return { run, pid: process.pid, startTime: "1@00000000" };
}

describe("What a dead run left", () => {
  it("is found by mark, by ledger and by what came from these", async () => {
    const marked = start("sleep", ["1000"], { DEXT_RUN: run });
    const noted = start("sh", [
      "-c",
      `env -i "${process.execPath}" "${fixture("server.mjs")}" ${token} & wait`,
    ]);
    const bystander = start("sleep", ["1000"], { DEXT_RUN: `${run}9` });
    await waitUntil(() => findByToken(token).length === 2, { what: () => "parent and child" });
    new ProcessLedger(ledger).write([noted]);

    const found = pidsOf(await findStaleProcesses(run, { ledger }));
    expect(found).toEqual(new Set([marked.pid, ...findByToken(token)]));

    const { ended, left } = await cleanUpRun(deadRun(), { ledger });
    expect(pidsOf(ended)).toEqual(found);
    expect(left).toEqual([]);
    expect(findByToken(token)).toEqual([]);
    expect(isAlive(marked)).toBe(false);
    expect(isAlive(bystander)).toBe(true);
  });

  it("is killed when it ignores SIGTERM", async () => {
    const stubborn = start(process.execPath, [fixture("stubborn.mjs"), token], { DEXT_RUN: run });
    const { ended } = await cleanUpRun(deadRun(), { timeout: 300 });
    expect(ended).toEqual([{ ...stubborn, name: expect.stringContaining("node") }]);
    expect(isAlive(stubborn)).toBe(false);
  });

  it("is nothing for a run that nobody knows", async () => {
    expect(await cleanUpRun(deadRun(), { ledger })).toEqual({ ended: [], left: [] });
  });
});

it("A process that got a pid which a ledger names is not harmed", async () => {
  const bystander = start("sleep", ["1000"]);
  const [ticks] = bystander.startTime.split("@");
  new ProcessLedger(ledger).write([
    { pid: bystander.pid, startTime: "1@00000000" },
    { pid: bystander.pid, startTime: `${ticks}@00000000` },
  ]);
  expect(await cleanUpRun(deadRun(), { ledger })).toEqual({ ended: [], left: [] });
  expect(isAlive(bystander)).toBe(true);
});

it("A ledger that somebody damaged names nothing", async () => {
  const bystander = start("sleep", ["1000"]);
  writeFileSync(ledger, `\n${bystander.pid}\nNaN x\n-1 x\n0 ${bystander.startTime}\n`);
  expect(await cleanUpRun(deadRun(), { ledger })).toEqual({ ended: [], left: [] });
  expect(isAlive(bystander)).toBe(true);
});

it("A run whose AppHost lives is not cleaned up", async () => {
  const marked = start("sleep", ["1000"], { DEXT_RUN: run });
  await expect(cleanUpRun({ run, ...readIdentity(process.pid)! })).rejects.toMatchObject({
    code: "DEXT_PROCESS_RUN_ALIVE",
  });
  expect(isAlive(marked)).toBe(true);
});
