import { generatorError } from "../../generator-error.ts";
import type { TargetTree } from "../../plan/target-tree.ts";
import { composeNames, readCompose } from "./compose-file.ts";
import { isFile } from "./environment-file.ts";
import { findComposeFiles } from "./find-compose.ts";
import { findProjects } from "./find-projects.ts";
import type { FoundProject } from "./find-projects.ts";
import type { Host, HostDirectory } from "./hosts.ts";
import { hostOfProject, linkProject, projectAlias } from "./link-projects.ts";
import { FoundParameters } from "./parameters.ts";
import { procfileNames, readProcfile } from "./procfile.ts";
import type { ProcfileEntry } from "./procfile.ts";
import { ResourceNames } from "./resource-names.ts";
import type { FoundResource, FoundSystem, Note } from "./system.ts";
import { translateCompose } from "./translate-compose.ts";
import type { TranslatedCompose } from "./translate-compose.ts";
import { resourceOfEntry, resourceOfProject } from "./translate-projects.ts";

/** What to look at. */
export interface FindSystemOptions {
  /** The Compose file, relative to the root; found when absent, `none` for none. */
  readonly compose?: string | undefined;
}

/**
 * Finds out what a repository's system consists of: its projects, its Compose file, its Procfile. Nothing is run.
 *
 * @throws DextError `DEXT_GENERATE_NOTHING_FOUND`, `DEXT_GENERATE_SYSTEM_UNREADABLE`, `DEXT_GENERATE_PATH_INVALID`
 */
export async function findSystem(
  tree: TargetTree,
  { compose }: FindSystemOptions = {},
): Promise<FoundSystem> {
  const notes: Note[] = [];
  const names = new ResourceNames();
  const parameters = new FoundParameters(new ResourceNames());
  const found = await findProjects(tree.root);
  const { projects } = found;
  notes.push(...found.notes);

  const composeFile = chooseCompose(tree, { compose, notes });
  const translated =
    composeFile === undefined
      ? undefined
      : translateCompose(readCompose(tree, composeFile), { tree, projects, names, parameters });
  notes.push(...(translated?.notes ?? []));

  const processes = addProcfile(tree, { projects, names, parameters, translated, notes });
  const rest = addProjects(projects, {
    names,
    taken: [...(translated?.taken.keys() ?? []), ...processes.taken],
    notes,
  });
  const directory = wholeDirectory(translated, [...processes.hosts, ...rest.hosts]);
  const linked = await Promise.all(
    [...(translated?.resources ?? []), ...processes.resources, ...rest.resources].map(async (resource) => {
      const project = projectOf(resource, { projects });
      if (project === undefined) return resource;
      return await linkProject(resource, project, { tree, directory, parameters, projects });
    }),
  );
  const resources = [...linked, ...(translated?.databases() ?? [])];
  if (resources.length === 0) throw nothingFound(tree, projects);
  return {
    resources: inUse(resources),
    parameters: parameters.all,
    notes,
    sources: sourcesOf({ composeFile, processes: processes.file, projects }),
  };
}

function chooseCompose(
  tree: TargetTree,
  { compose, notes }: { compose: string | undefined; notes: Note[] },
): string | undefined {
  if (compose === "none") return undefined;
  if (compose !== undefined) {
    if (tree.kindOf(compose) === "file") return compose;
    throw generatorError("DEXT_GENERATE_SYSTEM_UNREADABLE", `There is no Compose file "${compose}"`, {
      hint: "--compose takes its path in the repository, or none.",
      details: { file: compose },
    });
  }
  const { chosen, others } = findComposeFiles(tree);
  for (const file of others) notes.push({ file, text: `not looked at; --compose ${file} takes it instead` });
  return chosen;
}

interface Processes {
  readonly resources: readonly FoundResource[];
  readonly hosts: readonly Host[];
  /** The paths of the projects that they are. */
  readonly taken: readonly string[];
  readonly file: string | undefined;
}

/** The processes of a Procfile, but for those that the Compose file has. */
function addProcfile(
  tree: TargetTree,
  {
    projects,
    names,
    parameters,
    translated,
    notes,
  }: {
    projects: readonly FoundProject[];
    names: ResourceNames;
    parameters: FoundParameters;
    translated: TranslatedCompose | undefined;
    notes: Note[];
  },
): Processes {
  const file = procfileNames.find((name) => isFile(tree, name));
  if (file === undefined) return { resources: [], hosts: [], taken: [], file };
  const resources: FoundResource[] = [];
  const hosts: Host[] = [];
  const taken: string[] = [];
  for (const entry of readProcfile(tree, file)) {
    if (translated?.resources.some(({ name }) => name === entry.name) === true) {
      notes.push({ ...entry.place, text: `"${entry.name}" is taken from the Compose file` });
      continue;
    }
    if (file === "Procfile" && isDeployed(entry, { projects, translated })) {
      notes.push({
        ...entry.place,
        text: `"${entry.name}" is for a deployment of what the Compose file has`,
      });
      continue;
    }
    const { resource, project } = resourceOfEntry(entry, { projects, names, parameters });
    const found = projects.find(({ path }) => path === project);
    if (project !== undefined) taken.push(project);
    if (found !== undefined) hosts.push(hostOfProject(resource, found));
    resources.push(resource);
  }
  const release = resources.find(({ name }) => name === "release");
  const ordered = resources.map((resource): FoundResource => {
    if (release === undefined || resource === release) return resource;
    return { ...resource, links: [{ to: release.name, how: "waitForCompletion" }] };
  });
  return { resources: ordered, hosts, taken, file };
}

/** Whether a Procfile without a `.dev` only says how the root's project is deployed, which the Compose file has for development. */
function isDeployed(
  { name }: ProcfileEntry,
  { projects, translated }: { projects: readonly FoundProject[]; translated: TranslatedCompose | undefined },
): boolean {
  const root = projects.find(({ path }) => path === ".");
  const isRoots = root !== undefined && translated?.taken.has(root.path) === true;
  return isRoots && ["web", "release"].includes(name);
}

/** The projects that nothing else has named. The root of a workspace counts when no member runs anything. */
function addProjects(
  projects: readonly FoundProject[],
  { names, taken, notes }: { names: ResourceNames; taken: readonly string[]; notes: Note[] },
): { resources: FoundResource[]; hosts: Host[] } {
  const services = projects.filter(({ path, isService }) => isService && path !== ".");
  const isRootNeeded = (project: FoundProject): boolean =>
    project.isService && (project.description.workspace?.isRoot !== true || services.length === 0);
  const rest = projects
    .filter((project) => (project.path === "." ? isRootNeeded(project) : project.isService))
    .filter(({ path }) => !taken.includes(path));
  const libraries = projects.filter(
    ({ path, isService }) => !isService && path !== "." && !taken.includes(path),
  );
  if (libraries.length > 0) {
    const list = libraries.map(({ path }) => path).join(", ");
    notes.push({
      file: libraries[0]?.place.file ?? "package.json",
      text: `left out, since nothing in them runs by itself: ${list}`,
    });
  }
  const pairs = rest.map((project) => ({ project, resource: resourceOfProject(project, names) }));
  return {
    resources: pairs.map(({ resource }) => resource),
    hosts: pairs.map(({ project, resource }) => hostOfProject(resource, project)),
  };
}

/** All that values can name: services of the Compose file by their names there, others by their ports only. */
function wholeDirectory(translated: TranslatedCompose | undefined, hosts: readonly Host[]): HostDirectory {
  const ports = new Map<number, number>();
  for (const host of hosts)
    for (const port of host.published.keys()) ports.set(port, (ports.get(port) ?? 0) + 1);
  const clear = hosts.map((host) => ({
    ...host,
    // A port that two projects have by themselves tells nothing.
    published: new Map([...host.published].filter(([port]) => ports.get(port) === 1)),
  }));
  return {
    byName: new Map([
      ...(translated?.directory.byName ?? []),
      ...clear.map((host) => [projectAlias(host.name), host] as const),
    ]),
    database: (host, name) => translated?.directory.database(host, name) ?? host.name,
  };
}

function projectOf(
  { method, args }: FoundResource,
  { projects }: { projects: readonly FoundProject[] },
): FoundProject | undefined {
  const [path] = args;
  if (method !== "addProject" || path?.kind !== "value") return undefined;
  return projects.find((project) => project.path === String(path.value).replace(/^\.\//, ""));
}

/** Without links to what there is not. */
function inUse(resources: readonly FoundResource[]): FoundResource[] {
  const names = new Set(resources.map(({ name }) => name));
  return resources.map((resource) => ({
    ...resource,
    links: resource.links.filter(({ to }) => names.has(to)),
  }));
}

function sourcesOf({
  composeFile,
  processes,
  projects,
}: {
  composeFile: string | undefined;
  processes: string | undefined;
  projects: readonly FoundProject[];
}): string[] {
  return [composeFile, processes, ...projects.map(({ path }) => path)].filter((each) => each !== undefined);
}

function nothingFound(tree: TargetTree, projects: readonly FoundProject[]): Error {
  const libraries = projects.map(({ path }) => `"${path}"`).join(", ");
  return generatorError(
    "DEXT_GENERATE_NOTHING_FOUND",
    `There is nothing in "${tree.root}" that an AppHost could run. Looked for: package.json or deno.json with something ` +
      `to run, in the root, its workspace and folders up to three levels below; ${composeNames.join(", ")}; ${procfileNames.join(", ")}` +
      (libraries === "" ? "" : `. Nothing runs by itself in ${libraries}`),
    {
      hint: "Go to the root of the repository; name a Compose file by --compose <file>; or begin anew: dext new app <name>.",
      details: { looked: ["package.json", "deno.json", "deno.jsonc", ...composeNames, ...procfileNames] },
    },
  );
}
