import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { hostingError } from "../hosting-error.ts";
import type { EndpointOptions } from "../model/endpoint.ts";
import type { ProbeContext } from "../model/launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";
import { programLauncher } from "./program-launcher.ts";

/** Options of an executable. */
export interface ExecutableOptions {
  args?: readonly string[];
  /** Relative to the AppHost's folder; that folder when absent. */
  cwd?: string;
}

/** Adds any program: a name on the PATH, or a path relative to its `cwd`. */
export function addExecutable(
  host: ModelBuilder,
  name: string,
  options: ExecutableOptions & { command: string },
): ResourceBuilder {
  const { command, args = [], cwd = "." } = options;
  return host.addResource({
    name,
    kind: "executable",
    launchers: [
      programLauncher(async (context) => {
        const folder = await existingFolder(context, cwd);
        return {
          command: await findCommand(context, { command, folder }),
          args,
          cwd: folder,
          because: `the command "${command}"`,
        };
      }),
    ],
  });
}

/** The endpoint that a service has unless it is told otherwise. */
export const serviceEndpoint: EndpointOptions = { name: "http", scheme: "http", env: "PORT" };

/**
 * The absolute path of a resource's folder.
 *
 * @throws DextError `DEXT_RUN_FOLDER_MISSING`
 */
export async function existingFolder(context: ProbeContext, path: string): Promise<string> {
  const folder = resolve(context.directory, path);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw hostingError(
    "DEXT_RUN_FOLDER_MISSING",
    `The folder of "${context.resource.name}" ${found === undefined ? "is not there" : "is a file"}: "${folder}"${placeOf(context)}`,
    {
      hint: `Paths start at the AppHost's folder, "${context.directory}".`,
      details: { resource: context.resource.name, path: folder },
    },
  );
}

/**
 * The path of a command.
 *
 * @throws DextError `DEXT_RUN_COMMAND_MISSING`
 */
export async function findCommand(
  context: ProbeContext,
  { command, folder, remedy }: { command: string; folder: string; remedy?: string },
): Promise<string> {
  const isPath = command.includes("/");
  const found = isPath
    ? await existingFile(isAbsolute(command) ? command : resolve(folder, command))
    : await context.findProgram(command);
  if (found !== undefined) return found;
  throw hostingError(
    "DEXT_RUN_COMMAND_MISSING",
    `The command of "${context.resource.name}" is not ${isPath ? `there: "${resolve(folder, command)}"` : `on the PATH: "${command}"`}${placeOf(context)}`,
    {
      hint:
        remedy ??
        (isPath ? `The path starts at its folder, "${folder}".` : `Install ${command}, or give its path.`),
      details: { resource: context.resource.name, command },
    },
  );
}

async function existingFile(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? path : undefined;
}

function placeOf({ resource }: ProbeContext): string {
  return resource.definedAt === undefined ? "" : `, added at ${resource.definedAt}`;
}
