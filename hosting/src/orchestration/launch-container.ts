import type { ContainerStop } from "../containers/supervised-container.ts";
import type { LogSink } from "../logs/log-sink.ts";
import type { ContainerPlan } from "../model/launcher.ts";
import { childVariables } from "./child-environment.ts";
import type { Replica } from "./replica.ts";
import type { RunContext } from "./run-context.ts";
import type { RunningInstance } from "./running-instance.ts";
import type { StartSlot } from "./start-slots.ts";

/** What the launch of a container works with. */
export interface LaunchContainerOptions {
  plan: ContainerPlan;
  context: RunContext;
  sink: LogSink;
  signal: AbortSignal;
  /** Given up while the engine fetches or builds the image. */
  slot: StartSlot;
}

/** Starts the container of a replica with its environment as it is inside the container network. */
export async function launchContainer(
  { resource, index }: Replica,
  { plan, context, sink, signal, slot }: LaunchContainerOptions,
): Promise<RunningInstance> {
  const { model, resources, containers, hub, configurations } = context;
  const container = await containers.start({
    plan,
    resource,
    replica: index,
    sink,
    signal,
    prepare: (work) => slot.leaveFor(work),
    variables: async (network) => {
      const variables = await childVariables(resource, {
        model,
        resources,
        replica: index,
        operation: "run",
        configured: configurations.take(resource.name, index),
        ...network,
      });
      return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    },
  });
  const tellFailure = ({ failure }: ContainerStop): void => {
    if (failure === undefined) return;
    const { message, code, hint } = failure;
    const data = { level: "error", resource: resource.name, message, code } as const;
    hub.emit({ type: "notice", data: hint === undefined ? data : { ...data, hint } });
  };
  return {
    container,
    exited: container.exited,
    signal: (name) => container.signal(name),
    pids: () => [],
    stop: async () => tellFailure(await container.stop({ timeout: resource.stopTimeout })),
    kill: async () => tellFailure(await container.kill()),
    cleanUp: async () => tellFailure(await container.stop({ timeout: resource.stopTimeout })),
  };
}
