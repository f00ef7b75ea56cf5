import { ProcessUsageMeter } from "../processes/process-usage.ts";
import type { Closable } from "./closers.ts";
import type { Orchestrator } from "./orchestrator.ts";
import type { ReplicaTask } from "./replica-task.ts";

/** Between two measurements, in milliseconds. */
const interval = 1000;

/** Measures CPU and memory of every replica that runs, once a second. */
export function sampleUsage(orchestrator: Orchestrator): Closable {
  const meters = new Map<ReplicaTask, ProcessUsageMeter>();
  const sample = (): void => {
    for (const task of orchestrator.tasks()) {
      const pids = task.pids();
      void task.noteContainerUsage();
      if (pids.length === 0) {
        meters.delete(task);
        continue;
      }
      const meter = meters.get(task) ?? new ProcessUsageMeter();
      meters.set(task, meter);
      const usage = meter.measure(pids, orchestrator.context.clock.monotonic());
      if (usage !== undefined) task.noteUsage(usage);
    }
  };
  const timer = setInterval(sample, interval);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
