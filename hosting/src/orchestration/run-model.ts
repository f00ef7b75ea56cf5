import { mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { systemClock } from "@dext/core";
import { readAppHostConfiguration } from "../configuration/apphost-configuration.ts";
import { askForParameters, canAsk } from "../configuration/ask-for-parameters.ts";
import { printProgress } from "../output/print.ts";
import { printRun } from "../output/print-run.ts";
import type { PrintedRun } from "../output/print-run.ts";
import { cleanerCommand } from "../containers/cleaner-command.ts";
import { engineOfMachine } from "../containers/find-engine.ts";
import { raceAbort } from "../containers/race-abort.ts";
import { RunContainers } from "../containers/run-containers.ts";
import { ensureDextFolder } from "../configuration/dext-folder.ts";
import { openIsolatedParameters } from "../configuration/isolated-parameters.ts";
import { ParameterStore } from "../configuration/parameter-store.ts";
import { RunConfigurations } from "../configuration/run-configurations.ts";
import { resolveParameters } from "../configuration/resolve-parameters.ts";
import { listRuns, registerRun } from "../control/run-registry.ts";
import { newRunId, openRuntimeDirectory, runPaths } from "../control/runtime-directory.ts";
import { serveControl } from "../control/serve-control.ts";
import { inheritedEnvironment } from "../discovery/inherited-environment.ts";
import { createLogStore } from "../logs/log-store.ts";
import { removeOldRunFolders } from "../logs/run-folders.ts";
import type { AppModel } from "../model/resource-model.ts";
import { startGuardian } from "../processes/guardian.ts";
import { endRunProcesses } from "../processes/stale-processes.ts";
import { isolateModel, quickenModel } from "../testing/isolate-model.ts";
import { overrideModel } from "../testing/override-model.ts";
import type { OverriddenModel } from "../testing/override-model.ts";
import { watchRunner } from "../testing/test-runner.ts";
import { writeRunAddresses } from "../testing/run-addresses.ts";
import { claimAppHost } from "./claim-apphost.ts";
import { Closers } from "./closers.ts";
import { describeModel } from "./describe-model.ts";
import { EventHub } from "./event-hub.ts";
import { followConfigurations } from "./follow-configurations.ts";
import { LocalRun } from "./local-run.ts";
import { Orchestrator } from "./orchestrator.ts";
import { planRun } from "./plan-run.ts";
import type { RunPlan } from "./plan-run.ts";
import { PortReservations } from "./port-reservations.ts";
import type { RunContext } from "./run-context.ts";
import type { RunSettings } from "./run-settings.ts";
import { StartSlots } from "./start-slots.ts";
import { startFrontProxies } from "./front-proxies.ts";
import { listenForInterruption } from "./start-interruption.ts";
import { sampleUsage } from "./usage-sampler.ts";
import { listenForStop } from "./stop-signals.ts";

/** How long the configuration may take to be read before that is said, in milliseconds. */
const patience = 1000;

/** How a run went. */
export interface RunOutcome {
  /** The names of the resources that failed. */
  readonly failed: readonly string[];
}

/**
 * Runs a model until it is asked to stop or nothing is left running, and leaves nothing behind.
 *
 * @throws DextError when the run could not begin.
 */
export async function runModel(wanted: AppModel, settings: RunSettings): Promise<RunOutcome> {
  const closers = new Closers();
  try {
    const { model, configuration } = modelOfRun(wanted, settings);
    const begun = await begin(model, { settings, closers, given: configuration });
    begun.orchestrator.start();
    await begun.orchestrator.ended();
    begun.orchestrator.close();
    // Readers get what is left before their connections are closed.
    begun.hub.close();
    await begun.logs.close();
    await begun.printed?.finish();
    return { failed: begun.orchestrator.failed() };
  } finally {
    await closers.close();
  }
}

async function begin(
  model: AppModel,
  {
    settings,
    closers,
    given,
  }: { settings: RunSettings; closers: Closers; given: Readonly<Record<string, string>> },
): Promise<Pick<RunContext, "hub" | "logs"> & { orchestrator: Orchestrator; printed?: PrintedRun }> {
  const runId = settings.runId ?? newRunId();
  const stopping = new AbortController();
  const runtimeDirectory = await openRuntimeDirectory();
  const paths = runPaths(runtimeDirectory, runId);
  // What others have left is ended before anything of this run is there.
  await listRuns(runtimeDirectory);
  const { appHost } = settings;
  closers.add(await claimAppHost({ directory: runtimeDirectory, appHost, run: runId, name: model.name }));
  const stateDirectory = settings.isolation?.directory ?? model.directory;
  const configuration = await readAppHostConfiguration(model.directory, process.env, { given });
  const store = await openParameters(model, settings);
  const ports = closers.add(new PortReservations());
  const parameters = await resolveParameters(model.parameters, {
    configuration,
    store,
    keep: settings.keep,
    // With a client attached it is the client that asks: the terminal is its own.
    ...(!settings.isAttached && canAsk() ? { prompt: askForParameters } : {}),
  });
  const plan = await planRun(model, {
    profiles: settings.profiles,
    only: settings.only,
    parameters,
    configuration,
    ports,
    signal: stopping.signal,
  });
  if (settings.test !== undefined) await writeRunAddresses(stateDirectory, { ...plan, parameters });
  const collector = settings.collector ?? model.collector;
  const hub = closers.add(new EventHub());
  for (const [resource, error] of plan.leftOut) tellLeftOut(resource, { error, hub });
  const configurations = closers.add(
    new RunConfigurations({
      ...plan,
      model,
      environment: process.env,
      ...(collector === undefined ? {} : { collector }),
      notify: (data) => hub.emit({ type: "notice", data }),
    }),
  );
  await loadConfigurations(configurations, settings);
  const cleaner = await containerCleaner(plan, runId);
  const containers = closers.add(
    new RunContainers({
      ...plan,
      runId,
      model,
      isIsolated: settings.isolation !== undefined,
      reservePort: () => ports.reserve(),
      ...(collector === undefined ? {} : { collector }),
      onFailure: ({ message, code, hint }) =>
        hub.emit({
          type: "notice",
          data: { level: "warning", message, code, ...(hint === undefined ? {} : { hint }) },
        }),
    }),
  );
  const guardian = closers.add(
    await startGuardian({
      runId,
      ledger: paths.ledger,
      leftovers: [paths.record, paths.socket, paths.ledger, `${paths.ledger}.new`, paths.temporary],
      ...(cleaner === undefined ? {} : { cleaner }),
    }),
  );
  closers.add({ close: () => endRunProcesses(runId, { ledger: paths.ledger }) });
  const logDirectory = join(await ensureDextFolder(stateDirectory), "logs", runId);
  const logs = closers.add(createLogStore({ directory: logDirectory }));
  for (const { parameter, value } of parameters.values()) if (parameter.secret) logs.addSecret(value);
  configurations.onSecret((value) => logs.addSecret(value));
  const context: RunContext = {
    ...plan,
    runId,
    model,
    configuration,
    configurations,
    ...(collector === undefined ? {} : { collector }),
    inspected: new Set(settings.inspected),
    environment: inheritedEnvironment(process.env, { colour: hasColour() }),
    temporaryDirectory: await temporaryDirectory(paths.temporary, closers),
    hub,
    logs,
    guardian,
    containers,
    clock: systemClock,
    slots: new StartSlots(Math.max(8, availableParallelism() * 4)),
  };
  const orchestrator = new Orchestrator(context, { endRule: settings.endRule });
  const startedAt = Date.now();
  const run = new LocalRun({
    info: {
      run: runId,
      name: model.name,
      appHost: settings.appHost,
      directory: model.directory,
      pid: process.pid,
      startedAt,
    },
    orchestrator,
    hub,
    logs,
    describe: () => describeModel(model, { configuration, configurations, store, signal: stopping.signal }),
    stop: (options) => void orchestrator.stop(options),
  });
  closers.add(sampleUsage(orchestrator));
  closers.add(await startFrontProxies(orchestrator));
  closers.add(followConfigurations(orchestrator));
  if (hasWatches(plan.resources))
    closers.add((await import("./resource-watch.ts")).watchResources(orchestrator));
  closers.add(listenForStop({ orchestrator, isAttached: settings.isAttached }));
  if (settings.test?.runner !== undefined) {
    const stop = (): void => void orchestrator.stop({ reason: "what runs the tests is gone" });
    closers.add(watchRunner(settings.test.runner, { onGone: stop }));
  }
  const { isAttached, isDetached, outputDescriptor, begunAt } = settings;
  const isPrinter = outputDescriptor !== undefined || (!isAttached && !isDetached);
  const printed = isPrinter ? printRun(run, { descriptor: outputDescriptor, begunAt }) : undefined;
  closers.add(await serveControl({ socketPath: paths.socket, run }));
  const registered = await registerRun({
    directory: runtimeDirectory,
    run: { run: runId, name: model.name, appHost: settings.appHost, startedAt, directory: model.directory },
  });
  closers.add({ close: () => registered.remove() });
  // Nothing waits for it.
  void removeOldLogs(dirname(logDirectory), runtimeDirectory).catch((error: unknown) =>
    tellLogsKept(dirname(logDirectory), { error, hub }),
  );
  return { orchestrator, hub, logs, ...(printed === undefined ? {} : { printed }) };
}

/** Sources that do not answer are tried for a while; who waits is told for what. */
async function loadConfigurations(
  configurations: RunConfigurations,
  { isAttached }: Pick<RunSettings, "isAttached">,
): Promise<void> {
  const interruption = listenForInterruption({ isAttached });
  const tell = (): void =>
    printProgress(`Still reading the configuration: ${configurations.pendingSources().join(", ")}`);
  const timer = setTimeout(tell, patience);
  try {
    await raceAbort(configurations.load(), interruption.signal);
  } finally {
    interruption.close();
    clearTimeout(timer);
  }
}

/** What the system does without is no failure, and worth a line. */
function tellLeftOut(resource: string, { error, hub }: { error: Error; hub: EventHub }): void {
  const message = `${error.message}. It is optional, and left out`;
  hub.emit({ type: "notice", data: { level: "info", resource, message } });
}

/** A test runs the model as it wants it; what it gives wins over the environment. */
function modelOfRun(wanted: AppModel, { isolation, test, only, profiles }: RunSettings): OverriddenModel {
  const model = isolation === undefined ? wanted : isolateModel(wanted);
  if (test === undefined) return { model, configuration: {} };
  return overrideModel(quickenModel(model), { overrides: test.overrides, only, profiles });
}

/** A test gives what it wants, or has it generated; another isolated run knows what a person was once asked for. */
function openParameters(
  { parameters, directory }: AppModel,
  { isolation, test }: RunSettings,
): Promise<ParameterStore> {
  if (isolation === undefined) return ParameterStore.open(directory);
  if (test !== undefined) return ParameterStore.open(isolation.directory);
  return openIsolatedParameters(parameters, { from: directory, into: isolation.directory });
}

async function removeOldLogs(directory: string, runtimeDirectory: string): Promise<void> {
  const live = await listRuns(runtimeDirectory);
  await removeOldRunFolders(directory, { live: live.map(({ run }) => run) });
}

/** What cannot be removed now may be next time; until then it takes up room, which somebody should know. */
function tellLogsKept(directory: string, { error, hub }: { error: unknown; hub: EventHub }): void {
  const because = error instanceof Error ? error.message : String(error);
  const message = `Old logs in "${directory}" could not be removed: ${because}`;
  hub.emit({ type: "notice", data: { level: "warning", message } });
}

async function temporaryDirectory(directory: string, closers: Closers): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o711 });
  closers.add({ close: () => rm(directory, { recursive: true, force: true }) });
  return directory;
}

/** The command by which the guardian removes containers, when the run has any. */
async function containerCleaner({ choices }: RunPlan, runId: string): Promise<readonly string[] | undefined> {
  const usesContainers = [...choices.values()].some(({ launcher }) => launcher?.type === "container");
  const engine = usesContainers ? (await engineOfMachine()).engine : undefined;
  return engine === undefined ? undefined : cleanerCommand({ runId, socketPath: engine.socketPath });
}

/** The library that watches files is loaded only when something is watched. */
function hasWatches(resources: RunContext["resources"]): boolean {
  return [...resources.values()].some(({ watch }) => watch !== undefined);
}

function hasColour(): boolean {
  return (
    process.env["NO_COLOR"] === undefined &&
    (process.stdout.isTTY || process.env["FORCE_COLOR"] !== undefined)
  );
}
