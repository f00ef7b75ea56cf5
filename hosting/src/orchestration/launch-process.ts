import { delimiter } from "node:path";
import type { LogSink } from "../logs/log-sink.ts";
import { openOutputPipes } from "../logs/output-pipes.ts";
import type { ProcessPlan } from "../model/launcher.ts";
import { startProcess } from "../processes/supervised-process.ts";
import type { StopOptions, WaitingProcess } from "../processes/process-ending.ts";
import { childVariables } from "./child-environment.ts";
import { localBinFolders } from "./local-bin-folders.ts";
import type { Replica } from "./replica.ts";
import { resolveNode } from "./resolve-expression.ts";
import type { RunContext } from "./run-context.ts";
import type { RunningInstance } from "./running-instance.ts";
import { sendSignal } from "./send-signal.ts";

/** How long the output of an ended process may still come in, in milliseconds: a grandchild can hold its end open. */
const drainTimeout = 500;

/** Starts the process of a replica with its environment, its output going to the log. */
export async function launchProcess(
  replica: Replica,
  { plan, context, sink }: { plan: ProcessPlan; context: RunContext; sink: LogSink },
): Promise<RunningInstance> {
  const { resource, index } = replica;
  const { addresses, guardian, model } = context;
  const args = [...plan.args, ...resource.args.map(({ node }) => resolveNode(node, addresses))];
  const env = await environmentOf(replica, { plan, context });
  const pipes = await openOutputPipes({ directory: context.temporaryDirectory });
  try {
    const process = await startProcess({
      command: plan.command,
      args,
      cwd: plan.cwd ?? model.directory,
      env,
      stdout: pipes.stdout,
      stderr: pipes.stderr,
      guardian,
      resource: resource.name,
      replica: index,
      ...(plan.user === undefined ? {} : { user: plan.user }),
    });
    const output = pipes.connect(process, sink);
    const stopOptions: StopOptions = {
      timeout: resource.stopTimeout,
      ...(plan.stopSignal === undefined ? {} : { signal: plan.stopSignal }),
      onWaiting: (left, { seconds }) => replica.change({ reason: waitingText(left, seconds) }),
    };
    return {
      pid: process.pid,
      exited: process.exited,
      signal: (name) => Promise.resolve(sendSignal(process.pid, { name, plan })),
      pids: () => [process.pid, ...process.descendants().map(({ pid }) => pid)],
      stop: () => process.stop(stopOptions),
      kill: () => process.kill(),
      async cleanUp() {
        await process.stop(stopOptions);
        await output.drain({ timeout: drainTimeout });
      },
    };
  } catch (error) {
    pipes.close();
    throw error;
  }
}

async function environmentOf(
  { resource, index }: Replica,
  { plan, context }: { plan: ProcessPlan; context: RunContext },
): Promise<Record<string, string>> {
  const { model, resources, addresses, collector, environment } = context;
  const variables = await childVariables(resource, {
    model,
    resources,
    replica: index,
    scope: addresses,
    operation: "run",
    configured: context.configurations.take(resource.name, index),
    ...(collector === undefined ? {} : { collector }),
  });
  const own = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const path = [...localBinFolders(plan.cwd ?? model.directory), environment["PATH"] ?? ""].join(delimiter);
  return withNodeOptions({ ...environment, PATH: path, ...plan.environment, ...own }, plan.nodeOptions ?? []);
}

function withNodeOptions(
  environment: Record<string, string>,
  options: readonly string[],
): Record<string, string> {
  if (options.length === 0) return environment;
  const present = environment["NODE_OPTIONS"] ?? "";
  return { ...environment, NODE_OPTIONS: [present, ...options].join(" ").trim() };
}

function waitingText(left: readonly WaitingProcess[], seconds: number): string {
  const names = left.map(({ name, pid }) => `${name} (${pid})`).join(", ");
  return `waiting for ${names}, killed in ${seconds} s`;
}
