import { isFailedState } from "@dext/protocol";
import type { ResourceSnapshot } from "@dext/protocol";
import type { WaitModel } from "../model/resource-model.ts";
import type { Replica } from "./replica.ts";

/**
 * Waits for everything that a replica waits for; what is still missing is told by its reason.
 *
 * @returns `undefined` when all has come, otherwise why it will not.
 */
export async function waitForDependencies(
  replica: Replica,
  { replicasOf, signal }: { replicasOf: (resource: string) => readonly Replica[]; signal: AbortSignal },
): Promise<string | undefined> {
  const pending = new Map<string, string>();
  const show = (): void => {
    const reason = [...pending.values()].join("; ");
    if (reason !== "" && replica.snapshot.reason !== reason) replica.change({ reason });
  };
  const failures = await Promise.all(
    replica.resource.waits.map(async (wait) => {
      const failed = await waitForDependency(wait, {
        replicas: replicasOf(wait.resource),
        signal,
        onPending: (because) => {
          pending.set(wait.resource, because);
          show();
        },
      });
      pending.delete(wait.resource);
      if (failed === undefined) show();
      return failed;
    }),
  );
  const failed = failures.filter((failure) => failure !== undefined);
  return failed.length === 0 ? undefined : failed.join("; ");
}

/** Whether what is waited for has come, will not come any more, or may still come. */
type Verdict =
  | { readonly is: "met" }
  | { readonly is: "pending"; readonly because: string }
  | { readonly is: "failed"; readonly because: string };

/**
 * Waits until every replica of a resource is as far as the wait asks.
 *
 * @returns `undefined` when it is, otherwise why it will not be.
 */
function waitForDependency(
  wait: WaitModel,
  {
    replicas,
    signal,
    onPending,
  }: { replicas: readonly Replica[]; signal: AbortSignal; onPending: (because: string) => void },
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const unsubscribe: (() => void)[] = [];
    const finish = (end: () => void): void => {
      for (const stop of unsubscribe) stop();
      signal.removeEventListener("abort", onAbort);
      end();
    };
    const onAbort = (): void => finish(() => reject(signal.reason as Error));
    const look = (): void => {
      const verdict = judge(wait, replicas);
      if (verdict.is === "met") finish(() => resolve(undefined));
      else if (verdict.is === "failed") finish(() => resolve(verdict.because));
      else onPending(verdict.because);
    };
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    for (const replica of replicas) unsubscribe.push(replica.onChange(look));
    look();
  });
}

function judge({ resource, until }: WaitModel, replicas: readonly Replica[]): Verdict {
  const failed = replicas.find((replica) => isFailedState(replica.state) || replica.state === "Stopped");
  if (failed !== undefined) {
    return { is: "failed", because: `"${resource}" ${failureText(failed.snapshot)}` };
  }
  const behind = replicas.find((replica) => !isMet(until, replica));
  if (behind === undefined) return { is: "met" };
  const { healthMessage } = behind.snapshot;
  const detail = until === "healthy" && healthMessage !== undefined ? ` (${healthMessage})` : "";
  return { is: "pending", because: `waits for "${resource}" to ${untilText[until]}${detail}` };
}

function isMet(until: WaitModel["until"], { snapshot }: Replica): boolean {
  if (snapshot.state === "Finished") return true;
  if (until === "completed" || snapshot.state !== "Running") return false;
  return until === "started" || snapshot.health === "Healthy" || snapshot.health === "Degraded";
}

const untilText = { healthy: "be healthy", started: "start", completed: "finish" } as const;

/** The cause is told once, with the resource that failed. */
function failureText({ state, exitCode, signal }: ResourceSnapshot): string {
  if (state === "FailedToStart") return "did not start";
  if (state === "Stopped") return "was stopped";
  return signal === undefined ? `has ended with code ${exitCode}` : `was ended by ${signal}`;
}
