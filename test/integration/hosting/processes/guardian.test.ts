import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";

import { startGuardian } from "../../../../hosting/src/processes/guardian.ts";
import type { Guardian } from "../../../../hosting/src/processes/guardian.ts";
import type { ProcessIdentity } from "../../../../hosting/src/processes/process-entry.ts";
import { isAlive, readEntry, readIdentity } from "../../../../hosting/src/processes/process-identity.ts";
import { readLedger } from "../../../../hosting/src/processes/process-ledger.ts";
import { startProcess } from "../../../../hosting/src/processes/supervised-process.ts";
import { cleanEnvironment } from "../../../fixtures/processes/environment.ts";
import { waitUntil } from "../../../fixtures/processes/wait-until.ts";

let folder: string;
let runId: string;
let guardian: Guardian | undefined;
const strays: ProcessIdentity[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dext-guardian-"));
  runId = randomUUID().slice(0, 8);
});

afterEach(async () => {
  await guardian?.close();
  for (const { pid } of strays.splice(0).filter((one) => isAlive(one))) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function startBystander(): ProcessIdentity {
  const child = spawn("sleep", ["1000"], { stdio: "ignore", detached: true, env: cleanEnvironment() });
  const identity = readIdentity(child.pid!)!;
  strays.push(identity);
  return identity;
}

it("A guardian stands outside the session, the folder and the output of whoever starts it", async () => {
  guardian = await startGuardian({ runId });
  const { pid } = guardian;
  expect(readEntry(pid)).toMatchObject({ session: pid, group: pid });
  await waitUntil(() => readFileSync(`/proc/${pid}/comm`, "utf8") === "sh\n", { what: () => "the shell" });
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe("/");
  expect([1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(["/dev/null", "/dev/null"]);
});

it("A guardian that is closed leaves without ending anything", async () => {
  guardian = await startGuardian({ runId });
  const identity = readIdentity(guardian.pid)!;
  const bystander = startBystander();
  guardian.register(bystander);
  await guardian.close();
  await guardian.close();
  expect(isAlive(identity)).toBe(false);
  expect(isAlive(bystander)).toBe(true);
});

it("A guardian that is killed is replaced by one that knows the same", async () => {
  const owner = spawnOwner();
  const [line] = (await once(owner.stdout!, "data")) as [Buffer];
  const child = JSON.parse(String(line)) as ProcessIdentity;
  strays.push(child);
  expect(isAlive(child)).toBe(true);
  owner.kill("SIGKILL");
  await waitUntil(() => !isAlive(child), { timeout: 2000, what: () => "the child's end" });
  expect(isAlive(child)).toBe(false);
});

it("A guardian that is killed again and again is reported as ended", async () => {
  const ended = new Promise<Error>((resolve) => {
    void startGuardian({ runId, onEnd: resolve }).then((started) => {
      guardian = started;
      return killAll(started);
    });
  });
  expect(await ended).toMatchObject({ code: "DEXT_PROCESS_GUARDIAN_FAILED" });
});

it("The ledger names the processes of the run and goes with the guardian", async () => {
  const ledger = join(folder, "run.processes");
  guardian = await startGuardian({ runId, ledger });
  const child = await startProcess({
    command: "sh",
    args: ["-c", "sleep 1000 & wait"],
    cwd: "/",
    env: cleanEnvironment(),
    resource: "api",
    guardian,
  });
  await waitUntil(() => readLedger(ledger).length === 2, { what: () => "two processes in the ledger" });
  expect(readLedger(ledger)).toEqual([child.identity, ...child.descendants()]);
  await child.stop({ timeout: 1000 });
  await waitUntil(() => readLedger(ledger).length === 0, { what: () => "an empty ledger" });
  await guardian.close();
  expect(existsSync(ledger)).toBe(false);
});

it.each(["", "UPPER", "with space", "a.b", "a\nclose"])("The run id %j is refused", async (id) => {
  await expect((async () => startGuardian({ runId: id }))()).rejects.toMatchObject({
    code: "DEXT_PROCESS_RUN_ID_INVALID",
  });
});

/** A program with a guardian that is killed once, and with a child that has no mark. */
function spawnOwner(): ReturnType<typeof spawn> {
  const source = `
    import { spawn } from "node:child_process";
    import { startGuardian } from ${JSON.stringify(sourceOf("guardian.ts"))};
    import { readIdentity } from ${JSON.stringify(sourceOf("process-identity.ts"))};
    const guardian = await startGuardian({ runId: "${runId}" });
    const child = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
    guardian.register(readIdentity(child.pid));
    const first = guardian.pid;
    process.kill(first, "SIGKILL");
    while (guardian.pid === first) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(JSON.stringify(readIdentity(child.pid)));
    setInterval(() => undefined, 1000);
  `;
  const args = ["--conditions=@dext/source", "--input-type=module", "-e", source];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: cleanEnvironment() });
}

function sourceOf(name: string): string {
  return new URL(`../../../../hosting/src/processes/${name}`, import.meta.url).href;
}

async function killAll(started: Guardian): Promise<void> {
  for (let count = 0; count <= 5; count += 1) {
    const { pid } = started;
    process.kill(pid, "SIGKILL");
    if (count < 5) await waitUntil(() => started.pid !== pid, { what: () => "another guardian" });
  }
}
