import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../../../scripts/packages.ts";
import { cleanEnvironment, markedProcesses } from "../../../fixtures/apphost-process.ts";
import { TestAppHosts } from "../../../fixtures/testing-apphost.ts";

const apps = new TestAppHosts();
let temporary = "";
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "dext-ending-"));
});
afterEach(async () => {
  await apps.dispose();
  await rm(temporary, { recursive: true, force: true });
});

const deno = join(root, "node_modules/deno/deno");
const runtimes = {
  node: { command: process.execPath, args: [] },
  "node 22": {
    command: join(root, "node_modules/node22/bin/node"),
    args: ["--disable-warning=ExperimentalWarning"],
  },
  deno: { command: deno, args: ["run", "-A", "--no-check"] },
} as const;

/** The api, the shell and its two children. */
async function untilThere(runId: string): Promise<void> {
  await expect.poll(() => markedProcesses(runId).then(({ length }) => length)).toBeGreaterThan(3);
}

/** Nothing of the run is alive, and nothing that it has written is there. */
async function untilGone(runId: string): Promise<void> {
  await expect
    .poll(async () => [...(await markedProcesses(runId)), ...(await readdir(temporary))], { timeout: 10_000 })
    .toEqual([]);
}

describe.each(Object.entries(runtimes))(
  "a test on %s that never stops its AppHost",
  (_name, { command, args }) => {
    it.each(["end", "exit", "throw", "SIGKILL", "SIGTERM"])("leaves nothing behind: %s", async (ending) => {
      await access(command);
      const path = await apps.make(
        `host.addNodeApp("api", "server.ts"); host.addExecutable("shell", "sh", { args: ["-c", "setsid sleep 300 & sleep 300; true"] });`,
      );
      const isSignal = ending.startsWith("SIG");
      const child = spawn(
        command,
        [...args, join(root, "test/fixtures/testing/holder.ts"), path, isSignal ? "wait" : ending],
        { env: { ...cleanEnvironment(), TMPDIR: temporary }, stdio: ["ignore", "pipe", "ignore"] },
      );
      const exited = once(child, "exit");
      const [runId] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
      expect(runId).toMatch(/^[a-z0-9]{8}$/);
      if (isSignal) {
        await untilThere(runId);
        child.kill(ending as NodeJS.Signals);
      }
      await exited;
      await untilGone(runId);
    });
  },
);

it("a test that is killed while its AppHost starts leaves nothing behind", async () => {
  const path = await apps.make(`host.addExecutable("sleeper", "sleep", { args: ["300"] });`);
  const child = spawn(
    process.execPath,
    [join(root, "test/fixtures/testing/holder.ts"), path, "wait", "starting"],
    { env: { ...cleanEnvironment(), TMPDIR: temporary }, stdio: ["ignore", "pipe", "ignore"] },
  );
  await once(createInterface({ input: child.stdout }), "line");
  expect(await readdir(temporary)).not.toEqual([]);
  child.kill("SIGKILL");
  await expect.poll(() => readdir(temporary), { timeout: 10_000 }).toEqual([]);
});
