import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureDextFolder } from "../configuration/dext-folder.ts";
import type { LaunchContext, ProbeContext } from "../model/launcher.ts";
import type { AppModel, ResourceModel } from "../model/resource-model.ts";
import { findProgram } from "./find-program.ts";
import { localBinFolders } from "./local-bin-folders.ts";
import type { Replica } from "./replica.ts";
import type { RunContext } from "./run-context.ts";

/** Programs that have been looked for: many services are run by the same one. */
export type FoundPrograms = Map<string, Promise<string | undefined>>;

/** What a launcher is given to find out whether it works. */
export function createProbeContext(
  resource: ResourceModel,
  {
    model,
    programs = new Map(),
    ...rest
  }: Pick<ProbeContext, "configuration" | "signal"> & { model: AppModel; programs?: FoundPrograms },
): ProbeContext {
  return {
    ...rest,
    resource,
    directory: model.directory,
    children: model.resources.filter(({ parent }) => parent === resource.name),
    findProgram: (name, { folders = [] } = {}) => {
      const key = JSON.stringify([name, folders]);
      const found =
        programs.get(key) ?? findProgram(name, { first: localBinFolders(model.directory), folders });
      programs.set(key, found);
      return found;
    },
  };
}

/** What a launcher is given to say what to start for one replica. */
export function createLaunchContext(
  replica: Replica,
  { context, signal }: { context: RunContext; signal: AbortSignal },
): LaunchContext {
  const { resource, index } = replica;
  const { model, configuration, addresses, logs } = context;
  return {
    ...createProbeContext(resource, { model, configuration, signal }),
    replica: index,
    telemetry: context.collector !== undefined && resource.telemetry,
    inspect: context.inspected.has(resource.name),
    dataDirectory: () => dataDirectory(resource, context),
    port: (endpoint) => Number(addresses.endpoint(resource.name, { endpoint, replica: index, part: "port" })),
    property: (name) => Promise.resolve(addresses.property(resource.name, name)),
    log: (text) => logs.sink(resource.name, index).system(text),
  };
}

async function dataDirectory(resource: ResourceModel, context: RunContext): Promise<string> {
  const { dataVolume } = resource;
  const parent =
    dataVolume === undefined
      ? context.temporaryDirectory
      : join(await ensureDextFolder(context.model.directory), "data");
  const directory = join(parent, dataVolume?.name ?? resource.name);
  await mkdir(directory, { recursive: true });
  if (dataVolume === undefined) await chmod(directory, 0o700);
  return directory;
}
