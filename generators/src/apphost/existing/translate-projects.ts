import type { Code, CodeCall } from "./code.ts";
import { value } from "./code.ts";
import { pathInCode } from "./compose-values.ts";
import type { FoundProject } from "./find-projects.ts";
import type { HostDirectory } from "./hosts.ts";
import { launchOf } from "./launch.ts";
import type { FoundParameters } from "./parameters.ts";
import type { ProcfileEntry } from "./procfile.ts";
import type { ResourceNames } from "./resource-names.ts";
import type { FoundResource } from "./system.ts";
import { translateVariables } from "./translate-values.ts";

/** The resource of a project that nothing but its own files tells about. */
export function resourceOfProject(project: FoundProject, names: ResourceNames): FoundResource {
  const { path, serves, description, place } = project;
  const options: [string, Code][] = serves ? [] : [["http", value(false)]];
  return {
    name: names.claim(project.name, { otherwise: "app" }),
    label: `project in ${pathInCode(path)}`,
    place,
    method: "addProject",
    args: [value(pathInCode(path)), ...optionsOf(options)],
    chain: serves ? healthCheckOf(description.healthPath?.value) : [],
    environment: [],
    links: [],
  };
}

/** A process of a Procfile, and the project that it is. */
export interface ProcfileResource {
  readonly resource: FoundResource;
  readonly project: string | undefined;
}

/** The resource of a line of a Procfile. Of several only the one called `web` is given a port, as Heroku has it. */
export function resourceOfEntry(
  { name, command, place }: ProcfileEntry,
  {
    projects,
    names,
    parameters,
  }: { projects: readonly FoundProject[]; names: ResourceNames; parameters: FoundParameters },
): ProcfileResource {
  const launch = launchOf(command, { folder: ".", projects });
  const http =
    name === "web" || /\$\{?PORT\b/.test(command) || launch.environment.some(([key]) => key === "PORT");
  const port = launch.environment.find(([key]) => key === "PORT")?.[1] ?? "";
  const portCall: CodeCall[] = /^\d{4,5}$/.test(port)
    ? [{ method: "withHttpEndpoint", args: [{ kind: "options", entries: [["port", value(Number(port))]] }] }]
    : [];
  const resource = names.claim(name, { otherwise: "process" });
  const secretsOnly = { resource, directory: nothing, parameters, isLocal: true, partners: [] };
  const shared = {
    name: resource,
    place,
    environment: translateVariables(
      launch.environment.filter(([key]) => key !== "PORT").map(([key, text]) => ({ name: key, text, place })),
      secretsOnly,
    ),
    links: [],
  };
  if (launch.kind === "project") {
    const { project } = launch;
    const options = [...launch.options, ...(http ? [] : [["http", value(false)] as const])];
    return {
      project: project.path,
      resource: {
        ...shared,
        label: `project in ${pathInCode(project.path)} (${place.file})`,
        method: "addProject",
        args: [value(pathInCode(project.path)), ...optionsOf(options)],
        chain: http ? [...portCall, ...healthCheckOf(project.description.healthPath?.value)] : [],
      },
    };
  }
  const options: [string, Code][] = [];
  if (launch.args.length > 0) options.push(["args", value(launch.args)]);
  if (launch.folder !== ".") options.push(["cwd", value(pathInCode(launch.folder))]);
  return {
    project: undefined,
    resource: {
      ...shared,
      label: `${launch.command} (${place.file})`,
      method: "addExecutable",
      args: [value(launch.command), ...optionsOf(options)],
      chain: portCall.length > 0 ? portCall : http ? [{ method: "withHttpEndpoint", args: [] }] : [],
    },
  };
}

/** A line of a Procfile names no other resource. */
const nothing: HostDirectory = { byName: new Map(), database: ({ name }) => name };

function healthCheckOf(path: string | undefined): CodeCall[] {
  return path === undefined ? [] : [{ method: "withHttpHealthCheck", args: [value(path)] }];
}

function optionsOf(entries: readonly (readonly [string, Code])[]): Code[] {
  return entries.length === 0 ? [] : [{ kind: "options", entries }];
}
