import { detectProject, planRunCommand } from "@dext/project";
import type { ProjectDescription, RunCommand } from "@dext/project";
import type { ProbeContext } from "../model/launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";
import { existingFolder, findCommand, serviceEndpoint } from "./add-executable.ts";
import { programLauncher } from "./program-launcher.ts";
import type { ServiceCommand } from "./program-launcher.ts";

/** Options of a project. */
export interface ProjectOptions {
  /** The script of its `package.json`, or the task of its `deno.json`, to run; `dev`, `start`, then the entry point when absent. */
  script?: string;
  /** The file to run instead of a script, relative to the project's folder. */
  entryPoint?: string;
  /** Passed to the program behind the script. */
  args?: readonly string[];
  /** `false` for a program that serves nothing. */
  http?: boolean;
}

/** Adds the project in a folder: what it is and how it is run is found out from its files when the run is planned. */
export function addProject(
  host: ModelBuilder,
  name: string,
  options: ProjectOptions & { path: string },
): ResourceBuilder {
  const { path, http = true, script, entryPoint, args } = options;
  let detected: Promise<ProjectDescription> | undefined;
  return host.addResource({
    name,
    kind: "project",
    ...(http ? { endpoints: [serviceEndpoint] } : {}),
    launchers: [
      programLauncher(async (context, port) => {
        const folder = await existingFolder(context, path);
        detected ??= detectProject(folder);
        const project = await detected;
        return toServiceCommand(context, {
          project,
          port,
          command: planRunCommand(project, { script, entryPoint, args }),
        });
      }),
    ],
  });
}

async function toServiceCommand(
  context: ProbeContext,
  {
    project,
    command,
    port,
  }: { project: ProjectDescription; command: RunCommand; port: (endpoint: string) => string },
): Promise<ServiceCommand> {
  const place =
    command.file === undefined
      ? ""
      : ` (${command.file}${command.line === undefined ? "" : `:${command.line}`})`;
  const httpEndpoint = context.resource.endpoints[0]?.name ?? "http";
  return {
    command: await findCommand(context, { command: command.command, folder: command.cwd }),
    args: command.args.map((arg) => (typeof arg === "string" ? arg : port(httpEndpoint))),
    cwd: command.cwd,
    because: `${command.because}${place}`,
    runtime: project.runtime.value,
    isDirect: command.command === project.runtime.value,
    warnings: [...project.warnings, ...command.warnings].map((warning) => warning.message),
  };
}
