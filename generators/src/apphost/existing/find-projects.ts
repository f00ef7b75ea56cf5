import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";

import { isDextError } from "@dext/core";
import { detectProject, findRole, planRunCommand } from "@dext/project";
import type { ProjectDescription } from "@dext/project";

import type { Note, Place } from "./system.ts";

/** A folder with a project that Node, Deno or Bun runs. */
export interface FoundProject {
  /** Relative to the root, `.` for the root itself. */
  readonly path: string;
  /** As its manifest calls it, else its folder. */
  readonly name: string;
  readonly description: ProjectDescription;
  readonly place: Place;
  /** Whether it runs something by itself; a library does not. */
  readonly isService: boolean;
  /** Whether it answers requests, as far as it can be seen. */
  readonly serves: boolean;
}

/** The projects of a repository, by path. */
export interface FoundProjects {
  readonly projects: readonly FoundProject[];
  readonly notes: readonly Note[];
}

/** Finds the root's project, the members of its workspace, and folders with a manifest of their own. */
export async function findProjects(root: string): Promise<FoundProjects> {
  const notes: Note[] = [];
  const projects: FoundProject[] = [];
  const own = await describe(root, { path: ".", notes });
  const members = membersOf(own, notes);
  const paths = [...new Set([...members, ...(await foldersWithManifest(root))])].toSorted();
  if (own !== undefined) projects.push(await lookInto(root, { path: ".", description: own }));
  for (const path of paths) {
    const description = await describe(root, { path, notes });
    if (description !== undefined) projects.push(await lookInto(root, { path, description }));
  }
  return { projects, notes };
}

/** Folders in which projects are that belong to no system. */
const passedBy: ReadonlySet<string> = new Set(
  "node_modules bower_components vendor dist build out coverage target tmp temp examples example samples sample demos demo test tests __tests__ spec specs e2e cypress fixtures __fixtures__ fixture template templates boilerplate bench benchmark benchmarks third_party".split(
    " ",
  ),
);

/** The members of a workspace but for its examples and tests. */
function membersOf(root: ProjectDescription | undefined, notes: Note[]): string[] {
  const { workspace } = root ?? {};
  if (workspace?.isRoot !== true) return [];
  const left = workspace.members.filter(({ path }) => !isOurs(path)).map(({ path }) => path);
  if (left.length > 0) {
    const file = workspace.patterns.file ?? "package.json";
    notes.push({ file, text: `left out, as examples and tests: ${left.join(", ")}` });
  }
  return workspace.members.map(({ path }) => path).filter(isOurs);
}

function isOurs(path: string): boolean {
  return !path.split("/").some(isPassedBy);
}

/** `tests`, `_integration-test`, `shop-e2e` */
function isPassedBy(folder: string): boolean {
  return passedBy.has(folder) || /[-_](?:e2e|tests?)$/.test(folder);
}

const manifests: readonly string[] = ["package.json", "deno.json", "deno.jsonc"];
const mostLevels = 3;

async function foldersWithManifest(root: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (path: string, level: number): Promise<void> => {
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
    if (path !== "" && entries.some((entry) => entry.isFile() && manifests.includes(entry.name)))
      found.push(path);
    if (level === mostLevels) return;
    for (const entry of entries) {
      // A link is not followed: what it leads to is found where it is.
      if (!entry.isDirectory() || entry.name.startsWith(".") || isPassedBy(entry.name)) continue;
      await look(path === "" ? entry.name : `${path}/${entry.name}`, level + 1);
    }
  };
  await look("", 0);
  return found;
}

async function describe(
  root: string,
  { path, notes }: { path: string; notes: Note[] },
): Promise<ProjectDescription | undefined> {
  try {
    return await detectProject(join(root, path));
  } catch (error) {
    if (!isDextError(error)) throw error;
    if (error.code === "DEXT_PROJECT_NOTHING_FOUND") return undefined;
    const place = { file: posix.join(path, "package.json") };
    notes.push({ ...place, text: `left out, because it cannot be read: ${error.message}` });
    return undefined;
  }
}

async function lookInto(
  root: string,
  { path, description }: { path: string; description: ProjectDescription },
): Promise<FoundProject> {
  const { entryPoint, framework, port, healthPath } = description;
  const text = entryPoint === undefined ? "" : await readText(join(root, path, entryPoint.value));
  const listens = servingCode.test(text);
  const manifest = parseManifest(await readText(join(root, path, "package.json")));
  const isHandheld = handheld.some((name) => declares(manifest, name));
  const serves =
    !isHandheld &&
    (framework !== undefined ||
      port !== undefined ||
      healthPath !== undefined ||
      listens ||
      takesPort(description));
  const role = findRole(description);
  // A workspace within the repository runs its members, which are found by themselves.
  const isHead = path !== "." && description.workspace?.isRoot === true && role === "orchestrator";
  const isTool = manifest["bin"] !== undefined && !serves;
  return {
    path,
    name: description.name ?? posix.basename(path === "." ? root : path),
    description,
    place: placeOf({ path, description }),
    isService:
      !isTool && !isHead && (role === "service" || role === "orchestrator" || (role === "none" && listens)),
    serves,
  };
}

/** Whether what runs it is a development server that is told its port. */
function takesPort(description: ProjectDescription): boolean {
  try {
    return planRunCommand(description).port === "arguments";
  } catch (error) {
    if (isDextError(error)) return false;
    throw error;
  }
}

// createServer(…).listen(3000)    Deno.serve(…)    Bun.serve(…)    export default { fetch: app.fetch }
const servingCode =
  /\.listen\(|\b(?:Deno|Bun)\.serve\(|\bserve\(|createServer\(|export default \{[^}]*\bfetch\b|defineEventHandler/;

/** What runs on a device, whose development server asks for no port. */
const handheld: readonly string[] = [
  "expo",
  "react-native",
  "electron",
  "@tauri-apps/cli",
  "@capacitor/core",
];

function declares(manifest: Readonly<Record<string, unknown>>, name: string): boolean {
  return ["dependencies", "devDependencies"].some((field) => {
    const list = manifest[field];
    return typeof list === "object" && list !== null && Object.hasOwn(list, name);
  });
}

function placeOf({ path, description }: { path: string; description: ProjectDescription }): Place {
  const origin = ["dev", "start"]
    .map((name) => description.scriptOrigins[name])
    .find((each) => each !== undefined);
  const file = origin?.file ?? description.deno?.config ?? "package.json";
  return { file: posix.join(path, file), ...(origin === undefined ? {} : { line: origin.line }) };
}

function parseManifest(text: string): Record<string, unknown> {
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === "object" && manifest !== null ? (manifest as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
