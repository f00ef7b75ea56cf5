import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { TargetTree } from "../../plan/target-tree.ts";
import type { Code } from "./code.ts";
import { resourcesIn } from "./code.ts";
import { environmentLines, isFile } from "./environment-file.ts";
import type { FoundProject } from "./find-projects.ts";
import type { Host, HostDirectory } from "./hosts.ts";
import type { FoundParameters } from "./parameters.ts";
import type { FoundResource, Link } from "./system.ts";
import { translateVariables } from "./translate-values.ts";
import type { Variable } from "./translate-values.ts";

/** What projects are linked with. */
export interface LinkContext {
  readonly tree: TargetTree;
  readonly directory: HostDirectory;
  readonly parameters: FoundParameters;
  readonly projects: readonly FoundProject[];
}

/** Files in which a project keeps its variables, the one that everybody has first. */
const environmentFiles: readonly string[] = [
  ".env.example",
  ".env.sample",
  ".env.template",
  ".env.dist",
  ".env.development",
  ".env",
];

/**
 * Adds to a project what its environment files say about other resources: `DATABASE_URL=postgres://…@localhost:5432/shop`
 * is the server that the Compose file publishes there. Of the root's files only what the project's code names counts.
 * Everything else in these files the project reads by itself.
 */
export async function linkProject(
  resource: FoundResource,
  project: FoundProject,
  context: LinkContext,
): Promise<FoundResource> {
  const own = project.path === "." ? [] : readAll(context.tree, project.path);
  const rootLines = readAll(context.tree, ".");
  const isAlone = project.path === ".";
  const candidates = [
    ...rootLines.map((variable) => ({ variable, isOwn: isAlone })),
    ...own.map((variable) => ({ variable, isOwn: true })),
  ];
  const known = new Set(resource.environment.map(([name]) => name));
  const variables = new Map<string, { variable: Variable; isOwn: boolean }>();
  for (const each of candidates) if (!known.has(each.variable.name)) variables.set(each.variable.name, each);
  const translated = translateVariables(
    [...variables.values()].map(({ variable }) => variable),
    {
      resource: resource.name,
      directory: context.directory,
      parameters: context.parameters,
      isLocal: true,
      partners: [],
    },
    { linksOnly: true },
  );
  const linking = translated.filter(
    ([name, code]) =>
      resourcesIn(code).length > 0 &&
      resourcesIn(code).every((to) => isMeant(name, { to, directory: context.directory })),
  );
  const foreign = linking.filter(([name]) => variables.get(name)?.isOwn === false).map(([name]) => name);
  const named = await namesInCode(foreign, { project, context });
  const environment = linking.filter(([name]) => variables.get(name)?.isOwn === true || named.has(name));
  return {
    ...resource,
    environment: [...resource.environment, ...environment],
    links: [...resource.links, ...linksFor(environment, { resource, directory: context.directory })],
  };
}

/** The host of a project that is in no Compose file, so that others can name it by its port. */
export function hostOfProject({ name }: FoundResource, { serves, description }: FoundProject): Host {
  const port = description.port?.value;
  return {
    name,
    endpoints: serves ? [{ name: "http", scheme: "http", port: port ?? 0 }] : [],
    published: new Map(serves && port !== undefined ? [[port, port]] : []),
    databases: new Map(),
  };
}

/**
 * Whether a variable means the resource that listens at its address. Backing resources and what a Compose file publishes
 * do; but `APP_URL=http://localhost:3000` is rather the address of whoever reads it than that of a project there.
 */
function isMeant(name: string, { to, directory }: { to: string; directory: HostDirectory }): boolean {
  if (!directory.byName.has(projectAlias(to))) return true;
  const words = name.toLowerCase().replaceAll("_", "-");
  return words.includes(to) || /(?:^|-)(?:api|backend|server|service|gateway|worker)(?:-|$)/.test(words);
}

/** The name of a project in the directory, which no value can have: it is found by its port only. */
export function projectAlias(name: string): string {
  return `${name} (project)`;
}

function readAll(tree: TargetTree, folder: string): Variable[] {
  const found = new Map<string, Variable>();
  for (const name of environmentFiles) {
    const file = folder === "." ? name : `${folder}/${name}`;
    if (!isFile(tree, file)) continue;
    for (const [key, { text, line }] of environmentLines(tree, file)) {
      if (!found.has(key)) found.set(key, { name: key, text, place: { file, line } });
    }
  }
  return [...found.values()];
}

function linksFor(
  environment: readonly (readonly [string, Code])[],
  { resource, directory }: { resource: FoundResource; directory: HostDirectory },
): Link[] {
  const named = new Set(environment.flatMap(([, code]) => resourcesIn(code)));
  const links: Link[] = [];
  for (const to of named) {
    if (resource.links.some((link) => link.to === to)) continue;
    const host = [...directory.byName.values()].find(
      (each) => each.name === to || [...each.databases.values()].includes(to),
    );
    links.push({ to, how: "withReference" });
    // Addresses of services go around in circles; a backing resource refers to nobody.
    if (host?.kind !== undefined) links.push({ to, how: "waitFor" });
  }
  return links;
}

const mostFiles = 4000;

/** Which names of variables stand in the code of a project, or of what it needs of its workspace. */
async function namesInCode(
  names: readonly string[],
  { project, context }: { project: FoundProject; context: LinkContext },
): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const found = new Set<string>();
  const { workspace } = project.description;
  const folders = [project.path, ...(workspace?.closure ?? []).map(({ path }) => path)].filter(
    (path) => path !== ".",
  );
  let left = mostFiles;
  const look = async (path: string): Promise<void> => {
    const entries = await readdir(join(context.tree.root, path), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (left === 0 || found.size === names.length) return;
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory() && !/^(?:node_modules|dist|build|out|\..*|coverage)$/.test(entry.name))
        await look(inner);
      if (!entry.isFile() || !/\.(?:[cm]?[jt]sx?|prisma|vue|svelte|astro)$/.test(entry.name)) continue;
      left -= 1;
      const text = await readFile(join(context.tree.root, inner), "utf8").catch(() => "");
      for (const name of names) if (text.includes(name)) found.add(name);
    }
  };
  for (const folder of folders) await look(folder);
  return found;
}
