import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";

import {
  isAlive,
  nameProcess,
  readEntry,
  readIdentity,
  signalGroup,
  signalProcess,
} from "../../../../hosting/src/processes/process-identity.ts";
import { listPsEntries, readPsEntry } from "../../../../hosting/src/processes/ps-table.ts";
import { fixture, hasProgram } from "../../../fixtures/processes/kinds.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const { pid, exitCode, signalCode } of children.splice(0)) {
    // Each leads a group, and some have children.
    if (exitCode === null && signalCode === null) process.kill(-pid!, "SIGKILL");
  }
});

function start(command: string, args: string[]): ChildProcess & { pid: number } {
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  children.push(child);
  return child as ChildProcess & { pid: number };
}

describe("An identity", () => {
  it("holds the start in ticks since the boot, and the boot, whatever the clock says", () => {
    const { pid } = start("sleep", ["1000"]);
    const ticks = readFileSync(`/proc/${pid}/stat`, "latin1").split(" ")[21];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
    expect(readIdentity(pid)).toEqual({ pid, startTime: `${ticks}@${boot}` });
  });

  it("is alive until its process ends", async () => {
    const child = start("sleep", ["1000"]);
    const identity = readIdentity(child.pid)!;
    expect(isAlive(identity)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(identity)).toBe(false);
    expect(readIdentity(child.pid)).toBeUndefined();
  });

  it("of a process that nobody waited for is not alive", async () => {
    // The program that replaces the shell does not know that it has a child.
    const parent = start("sh", ["-c", "sleep 0.05 & exec sleep 1000"]);
    const zombie = () => {
      for (let pid = parent.pid + 1; pid < parent.pid + 100; pid += 1) {
        const entry = readEntry(pid);
        if (entry?.parent === parent.pid && entry.isZombie) return entry;
      }
      return undefined;
    };
    await waitUntil(() => zombie() !== undefined, { what: () => "a zombie" });
    expect(isAlive(zombie()!)).toBe(false);
  });

  it.each(["1@00000000", "", "elsewhen"])(
    "with another start (%j) is another process, and is not signalled",
    (startTime) => {
      const { pid } = start("sleep", ["1000"]);
      const forged = { pid, startTime };
      expect(isAlive(forged)).toBe(false);
      expect(signalProcess(forged, "SIGKILL")).toBe(false);
      expect(signalGroup(forged, "SIGKILL")).toBe(false);
      expect(readEntry(pid)?.isZombie).toBe(false);
    },
  );

  it("from before a restart of the machine is another process", () => {
    const { pid } = start("sleep", ["1000"]);
    const { startTime } = readIdentity(pid)!;
    expect(isAlive({ pid, startTime: startTime.replace(/@.*/, "@00000000") })).toBe(false);
  });
});

it("The group of a process that leads none is not signalled", () => {
  // It stands in the group of this test.
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  expect(signalGroup(readIdentity(child.pid!)!, "SIGKILL")).toBe(false);
  expect(child.kill("SIGKILL")).toBe(true);
});

it("A process is named after its program and script, without what may be secret", () => {
  const { pid } = start(process.execPath, [fixture("server.mjs"), "--password=secret"]);
  expect(nameProcess({ pid, startTime: "" })).toBe("node server.mjs");
});

describe.skipIf(!hasProgram("ps"))("ps", () => {
  it("tells the same relations as /proc", async () => {
    const { pid } = start("sleep", ["1000"]);
    const { parent, group, isZombie } = readEntry(pid)!;
    expect(readPsEntry(pid)).toMatchObject({ pid, parent, group, isZombie });
    expect(await listPsEntries()).toContainEqual(expect.objectContaining({ pid, parent, group }));
  });

  it("tells nothing of a process that is not there", () => {
    expect(readPsEntry(2 ** 22 + 1)).toBeUndefined();
  });
});
