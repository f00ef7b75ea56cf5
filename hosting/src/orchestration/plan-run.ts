import type { Clock } from "@dext/core";
import type { AppHostConfiguration } from "../configuration/apphost-configuration.ts";
import { persistentPorts } from "../containers/persistent-ports.ts";
import { hostingError } from "../hosting-error.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { AddressBook } from "./address-book.ts";
import { chooseLauncher, noLauncher } from "./choose-launcher.ts";
import type { LauncherChoice } from "./choose-launcher.ts";
import { createProbeContext } from "./launch-context.ts";
import type { FoundPrograms } from "./launch-context.ts";
import { leaveOut } from "./leave-out.ts";
import type { PortReservations } from "./port-reservations.ts";
import { refuseUnsupported } from "./refuse-unsupported.ts";
import { selectResources } from "./select-resources.ts";

/** What a run is going to do: decided before anything starts. */
export interface RunPlan {
  readonly resources: ReadonlyMap<string, ResourceModel>;
  readonly choices: ReadonlyMap<string, LauncherChoice>;
  /** Resources that cannot be had, and why; the others run all the same. */
  readonly failures: ReadonlyMap<string, Error>;
  readonly addresses: AddressBook;
  /** Resources that the system does without, because they cannot be had; they are in none of the above. */
  readonly leftOut: ReadonlyMap<string, Error>;
}

/** What a run is planned from. */
export interface PlanRunOptions {
  /** Run these and what they depend on; all when empty. */
  only?: readonly string[];
  /** Profiles that were asked for. */
  profiles?: readonly string[];
  parameters: ConstructorParameters<typeof AddressBook>[1];
  configuration: AppHostConfiguration;
  ports: PortReservations;
  signal: AbortSignal;
  clock?: Clock;
}

/**
 * Chooses how each resource is had and reserves its ports.
 *
 * @throws DextError when the model asks for what a run cannot do; one resource that cannot be had is no reason.
 */
export async function planRun(model: AppModel, options: PlanRunOptions): Promise<RunPlan> {
  refuseUnsupported(model);
  const { only = [], profiles = [] } = options;
  const selected = selectResources(model, { only, profiles });
  const addresses = new AddressBook(selected, options.parameters);
  const choices = new Map<string, LauncherChoice>();
  const failures = new Map<string, Error>();
  const leftOut = new Map<string, Error>();
  const programs: FoundPrograms = new Map();
  await Promise.all(
    selected.map(async (resource) => {
      try {
        const choice = await choose(resource, { model, options, addresses, programs });
        choices.set(resource.name, choice);
        if (choice.launcher !== undefined) return;
        const isMissed = !resource.optional || only.includes(resource.name);
        (isMissed ? failures : leftOut).set(resource.name, noLauncher(resource, choice.attempts));
      } catch (error) {
        failures.set(resource.name, error as Error);
      }
    }),
  );
  const resources = leaveOut(selected, leftOut.keys());
  await reservePorts(resources, { model, choices, addresses, ports: options.ports });
  refuseMounts(resources, { choices, failures });
  return {
    resources: new Map(resources.map((resource) => [resource.name, resource])),
    choices,
    failures,
    addresses,
    leftOut,
  };
}

async function choose(
  resource: ResourceModel,
  {
    model,
    options,
    addresses,
    programs,
  }: { model: AppModel; options: PlanRunOptions; addresses: AddressBook; programs: FoundPrograms },
): Promise<LauncherChoice> {
  const { configuration, signal } = options;
  const probeContext = createProbeContext(resource, { model, programs, configuration, signal });
  const choice = await chooseLauncher(probeContext);
  const { launcher } = choice;
  if (launcher?.type === "external" || launcher?.type === "none") {
    // Where it is must be known before anything that refers to it starts.
    const plan = await launcher.plan({
      ...probeContext,
      replica: 0,
      telemetry: false,
      inspect: false,
      dataDirectory: () => Promise.reject(new Error("an external resource has no data folder")),
      port: () => 0,
      property: (name) => Promise.resolve(addresses.property(resource.name, name)),
      log: () => {},
    });
    if (plan.type === "external") addresses.setExternal(resource, plan);
  }
  return choice;
}

async function reservePorts(
  resources: readonly ResourceModel[],
  {
    model,
    choices,
    addresses,
    ports,
  }: Pick<RunPlan, "choices" | "addresses"> & { model: AppModel; ports: PortReservations },
): Promise<void> {
  // All at once: one after another, the ports of a large system take longer than all the rest of its plan.
  await Promise.all(
    resources.map(async (resource) => {
      const launcher = choices.get(resource.name)?.launcher;
      if (launcher?.type === "external" || launcher?.type === "none") return;
      for (let replica = 0; replica < resource.replicas; replica += 1) {
        const kept =
          launcher === undefined ? undefined : await persistentPorts(resource, { launcher, model, replica });
        for (const endpoint of resource.endpoints) {
          // Several replicas cannot share a fixed port: it belongs to the proxy in front of them.
          const fixed = resource.replicas === 1 ? endpoint.port : undefined;
          const port = fixed ?? kept?.get(endpoint.name) ?? (await ports.reserve());
          addresses.setPort(resource, { endpoint: endpoint.name, replica, port });
        }
      }
    }),
  );
}

/** Volumes and mounts are for containers; who is had in another way cannot be given them. */
function refuseMounts(
  resources: readonly ResourceModel[],
  { choices, failures }: { choices: ReadonlyMap<string, LauncherChoice>; failures: Map<string, Error> },
): void {
  for (const { name, mounts } of resources) {
    const type = choices.get(name)?.launcher?.type;
    if (mounts.length === 0 || type === undefined || type === "container") continue;
    const error = hostingError(
      "DEXT_RUN_UNSUPPORTED",
      `"${name}" has volumes or mounts and is run as ${type}, which has none`,
      {
        hint: 'They are for containers: leave them out, or run it as one with .withLauncher("container").',
        details: { resource: name, launcher: type },
      },
    );
    failures.set(name, error);
  }
}
