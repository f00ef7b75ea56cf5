import { sleep } from "@dext/core";
import type { SupervisedContainer } from "../containers/supervised-container.ts";
import type { LaunchPlan } from "../model/launcher.ts";
import { monitorHealth } from "./health-monitor.ts";
import type { Replica } from "./replica.ts";
import { runSeeds } from "./run-seeds.ts";
import type { RunContext } from "./run-context.ts";
import type { RunningInstance } from "./running-instance.ts";
import { probeTcp } from "./tcp-probe.ts";

/** A resource without an endpoint and without a check is healthy when it has run this long, in milliseconds. */
const provenAfter = 500;
/** How long a connection may take, in milliseconds. */
const probeTimeout = 2000;

/** What is watched. */
export interface ReplicaHealthOptions {
  plan: LaunchPlan;
  context: RunContext;
  /** Aborted when the replica is to stop. */
  ending: AbortSignal;
  instance?: RunningInstance;
}

/** Watches the health of a running replica until it ends. */
export async function watchHealth(replica: Replica, options: ReplicaHealthOptions): Promise<void> {
  const { plan, context, ending, instance } = options;
  const { resource, index } = replica;
  const { clock, addresses } = context;
  const ended = new AbortController();
  void instance?.exited.then(() => ended.abort());
  const signal = AbortSignal.any([ended.signal, ending]);
  let isReady = false;
  await monitorHealth({
    checks: resource.healthChecks,
    clock,
    signal,
    context: {
      endpoint: (name) => {
        const address = addresses.find(resource.name, { endpoint: name, replica: index });
        return address ?? { host: "localhost", port: 0, url: "" };
      },
      property: (name) => Promise.resolve(addresses.property(resource.name, name)),
    },
    gate: createGate(replica, { ...options, signal }),
    onVerdict: async ({ health, message }) => {
      if (health === "Healthy" && !isReady) {
        if (plan.type === "process") await plan.afterHealthy?.();
        if (plan.type === "container" && instance?.container !== undefined)
          await plan.afterHealthy?.(instance.container);
        await runSeeds(replica, { context, signal });
        isReady = true;
      }
      if (replica.state === "Running") replica.setHealth(health, message);
    },
  });
}

/** What has to be so before it is worth while to ask a check: its log says so, its port is open, it has run for a while. */
function createGate(
  { resource, index }: Replica,
  { plan, context, signal, instance }: ReplicaHealthOptions & { signal: AbortSignal },
): (signal: AbortSignal) => Promise<string | undefined> {
  const { clock, addresses } = context;
  const [first] = resource.endpoints.map(({ name }) =>
    addresses.find(resource.name, { endpoint: name, replica: index }),
  );
  const isChecked = resource.healthChecks.length > 0 || resource.logReadiness.length > 0;
  const missingInLog = watchLog({ resource, index }, { context, signal });
  const startedAt = clock.monotonic();
  return async (gateSignal) => {
    const missing = missingInLog();
    if (missing !== undefined) return missing;
    if (instance?.container !== undefined) {
      return whyContainerNotReady(instance.container, {
        endpoint: resource.endpoints[0]?.name,
        signal: gateSignal,
      });
    }
    if (first !== undefined && first.port !== 0) {
      const probe = await probeTcp(first, { timeout: probeTimeout, signal: gateSignal });
      return probe.open ? undefined : probe.because;
    }
    const left = provenAfter - (clock.monotonic() - startedAt);
    if (plan.type !== "external" && !isChecked && left > 0) await sleep(left, { signal: gateSignal, clock });
    return undefined;
  };
}

/** A container listens when something answers behind its published port, and is healthy when its image's own check says so. */
async function whyContainerNotReady(
  container: SupervisedContainer,
  { endpoint, signal }: { endpoint: string | undefined; signal: AbortSignal },
): Promise<string | undefined> {
  const notListening =
    endpoint === undefined ? undefined : await container.whyNotListening(endpoint, { signal });
  if (notListening !== undefined) return notListening;
  const { status, message } = container.health;
  if (status !== "starting" && status !== "unhealthy") return undefined;
  return `the check of the image says ${status}${message === undefined ? "" : `: ${message}`}`;
}

/** Gives a function that says what is still missing in the log. */
function watchLog(
  { resource, index }: Pick<Replica, "resource" | "index">,
  { context, signal }: { context: RunContext; signal: AbortSignal },
): () => string | undefined {
  const missing = new Set(resource.logReadiness);
  if (missing.size === 0) return () => undefined;
  const unsubscribe = context.logs.onLine(
    (line) => {
      if (line.stream === "system") return;
      for (const pattern of missing) if (pattern.test(line.text)) missing.delete(pattern);
      if (missing.size === 0) unsubscribe();
    },
    { resource: resource.name, replica: index },
  );
  signal.addEventListener("abort", unsubscribe, { once: true });
  return () =>
    missing.size === 0 ? undefined : `no line of its log has matched ${[...missing].join(" and ")} yet`;
}
