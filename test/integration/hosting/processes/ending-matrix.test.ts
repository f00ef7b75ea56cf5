import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { cleanEnvironment } from "../../../fixtures/processes/environment.ts";
import { findByToken, fixture, processKinds } from "../../../fixtures/processes/kinds.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

/** The spec's bar for what a killed AppHost leaves, and for a stop with a grace of 0.3 s. */
const bar = 2000;

const runtimes = [
  { name: "Node", command: process.execPath, args: ["--conditions=@dext/source"] },
  { name: "Deno", command: findDeno(), args: ["run", "-A", "--conditions=@dext/source"] },
];

let token: string;
let folder: string;

beforeEach(() => {
  token = randomUUID();
  folder = mkdtempSync(join(tmpdir(), "dext-ending-"));
});

afterEach(() => {
  for (const pid of findByToken(token)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

for (const runtime of runtimes) {
  describe.skipIf(runtime.command === "")(`An owner of every kind of child, on ${runtime.name}`, () => {
    it.each([
      { ending: "SIGKILL", signal: "SIGKILL", exitCode: null },
      { ending: "an exception", signal: "SIGUSR2", exitCode: 1 },
      { ending: "SIGTERM", signal: "SIGTERM", exitCode: 0 },
      { ending: "SIGINT", signal: "SIGINT", exitCode: 0 },
      { ending: "SIGHUP", signal: "SIGHUP", exitCode: 0 },
    ] as const)("leaves nothing after $ending", async ({ signal, exitCode }) => {
      const owner = startOwner(runtime);
      const guardian = await readGuardian(owner);
      const count = expectedCount();
      await waitUntil(() => findByToken(token).length === count, {
        what: () => `${count} processes, found ${describePids()}`,
      });

      const begin = performance.now();
      owner.kill(signal);
      await waitUntil(() => findByToken(token).length === 0, {
        what: () => `none left, found ${describePids()}`,
      });
      expect(performance.now() - begin).toBeLessThan(bar);
      await exitOf(owner);
      expect(owner.exitCode).toBe(exitCode);
      await waitUntil(() => !exists(guardian), { what: () => "the guardian leaves too" });
    });

    it.each([0, 2, 5, 10, 20, 40])("leaves nothing when killed %i ms into its starts", async (delay) => {
      const owner = startOwner(runtime, [String(delay)]);
      await exitOf(owner);
      expect(owner.signalCode).toBe("SIGKILL");
      await waitUntil(() => findByToken(token).length === 0, {
        timeout: bar,
        what: () => `none left, found ${describePids()}`,
      });
    });
  });
}

/** The program itself: the `deno` of the npm package is a wrapper that passes no signals on. */
function findDeno(): string {
  try {
    return execFileSync("deno", ["eval", "-p", "Deno.execPath()"], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

function startOwner({ command, args }: (typeof runtimes)[number], more: string[] = []): ChildProcess {
  const runId = token.slice(0, 8);
  const program = [fixture("owner.ts"), runId, process.execPath, folder, ...more];
  return spawn(command, [...args, ...program], {
    env: { ...cleanEnvironment(), OWNER_TOKEN: token },
    stdio: ["ignore", "pipe", "ignore"],
    // A service could inherit the terminal's signals otherwise; here nothing but the given one must arrive.
    detached: true,
  });
}

async function readGuardian(owner: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: owner.stdout! })) {
    return (JSON.parse(line) as { guardian: number }).guardian;
  }
  throw new Error("The owner ended before it had started its children");
}

function expectedCount(): number {
  return processKinds({ token, node: process.execPath, folder }).reduce((sum, { count }) => sum + count, 0);
}

function exitOf(owner: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (owner.exitCode !== null || owner.signalCode !== null) resolve();
    else owner.once("exit", () => resolve());
  });
}

function exists(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").length > 0;
  } catch {
    return false;
  }
}

function describePids(): string {
  return findByToken(token)
    .map((pid) => `${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`)
    .join("; ");
}
