import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectRun, listRuns } from "@dext/hosting/control";
import { findChild, readUsage } from "./process-usage.ts";
import { atMost, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const resources = 10;
/** The first seconds are the start, with health checks that follow each other closely. */
const settling = 5000;
/** How long is measured, in milliseconds. */
const measured = Number(process.env["DEXT_BENCH_IDLE"] ?? 30_000);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const dext = here("../../cli/bin/dext.js");
const concurrently = here("../../node_modules/concurrently/dist/bin/concurrently.js");
const folder = here("idle");

/** What Dext takes while ten services, watched and with health checks, do nothing, beside `concurrently` with the same. */
export async function bench(): Promise<BenchRow[]> {
  const runtime = await mkdtemp(join(tmpdir(), "dext-idle-"));
  const env = { ...process.env, DEXT_RUNTIME_DIRECTORY: runtime };
  const run = start([dext, "run", "--plain"], env);
  const peer = start(
    [
      concurrently,
      ...Array.from({ length: resources }, () => `PORT=0 ${process.execPath} ../chain/server.ts`),
    ],
    env,
  );
  try {
    const appHost = await untilHealthy(run, runtime);
    await sleep(settling);
    const pids = [appHost, run.pid ?? -1, peer.pid ?? -1];
    const before = await usagesOf(pids);
    await sleep(measured);
    const after = await usagesOf(pids);
    const share = (index: number): number =>
      ((after[index]!.processor - before[index]!.processor) / (measured / 1000)) * 100;
    return [
      told("measured for", { value: measured / 1000, unit: "s" }),
      atMost(`AppHost with ${resources} idle services`, { value: share(0), bar: 1, unit: "% of a core" }),
      told("dext run beside it", { value: share(1), unit: "% of a core" }),
      told("concurrently with the same services", { value: share(2), unit: "% of a core" }),
      told("memory of the AppHost", { value: after[0]!.memory / 1e6, unit: "MB" }),
      told("memory of dext run beside it", { value: after[1]!.memory / 1e6, unit: "MB" }),
      told("memory of concurrently", { value: after[2]!.memory / 1e6, unit: "MB" }),
    ];
  } finally {
    await Promise.all([stop(run), stop(peer)]);
    await rm(join(folder, ".dext"), { recursive: true, force: true });
    await rm(runtime, { recursive: true, force: true });
  }
}

function start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "ignore", "ignore"] });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** The AppHost's pid, as soon as all its services are healthy. */
async function untilHealthy(run: ChildProcess, runtime: string): Promise<number> {
  for (;;) {
    if (run.exitCode !== null) throw new Error(`dext run ended with ${run.exitCode}`);
    const [record] = await listRuns(runtime);
    if (record !== undefined) {
      const snapshot = await connectRun({ socketPath: record.socket }).snapshot();
      const healthy = snapshot.resources.filter(({ health }) => health === "Healthy");
      if (healthy.length === resources) {
        const found = await findChild(run.pid ?? -1, "apphost.ts");
        if (found !== undefined) return found;
      }
    }
    await sleep(100);
  }
}

async function usagesOf(
  pids: readonly number[],
): Promise<NonNullable<Awaited<ReturnType<typeof readUsage>>>[]> {
  const usages = await Promise.all(pids.map((pid) => readUsage(pid)));
  return usages.map((usage, index) => {
    if (usage === undefined) throw new Error(`Process ${pids[index]} is gone`);
    return usage;
  });
}
