import { join, normalize, sep } from "node:path";
import type { DenoConfiguration } from "./deno-configuration.ts";
import type { Finding, Runtime, TypeScriptDescription } from "./description.ts";
import { membersOf, nodeAt, textAt } from "./json-access.ts";
import type { Located } from "./json-access.ts";
import type { JsonNode } from "./json-document.ts";
import type { Inspection } from "./inspection.ts";
import type { PackageManifest } from "./package-manifest.ts";
import { isSourceFile, programFileOf } from "./program-file.ts";
import type { ProjectScripts } from "./scripts.ts";
import { invocationOf, splitCommands } from "./shell-command.ts";

/** What the entry point is found from. */
export interface EntryPointEvidence {
  readonly manifest: PackageManifest | undefined;
  readonly deno: DenoConfiguration | undefined;
  readonly scripts: ProjectScripts;
  readonly runtime: Runtime;
  readonly typescript: TypeScriptDescription | undefined;
}

/** The source that starts a project, and what the build makes of it. */
export interface EntryPoints {
  readonly source: Finding<string> | undefined;
  readonly built: Finding<string> | undefined;
}

/** The names that people give to the file that starts a program, without their endings. */
const commonNames: readonly string[] = [
  "src/main",
  "src/index",
  "src/server",
  "src/app",
  "main",
  "index",
  "server",
  "app",
];

/** The common names of entry points for one runtime, the likeliest first. */
export function commonEntryPoints(runtime: Runtime): readonly string[] {
  // Node cannot run JSX.
  const jsx = runtime === "node" ? [] : [".tsx", ".jsx"];
  const endings = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ...jsx];
  return commonNames.flatMap((name) => endings.map((ending) => name + ending));
}

/** Finds what starts the project: its scripts, then its manifests, then a file of a common name. */
export async function detectEntryPoints(
  inspection: Inspection,
  evidence: EntryPointEvidence,
): Promise<EntryPoints> {
  let built: Finding<string> | undefined;
  for (const candidate of [...fromScripts(evidence), ...fromManifests(evidence)]) {
    const source = await sourceOf(candidate.value, inspection, evidence);
    if (source === candidate.value) return { source: candidate, built };
    const isBuilt = source !== undefined || isBelow(candidate.value, outDirOf(evidence));
    if (isBuilt) built ??= candidate;
    if (source !== undefined) return { source: { ...candidate, value: source }, built };
    if (!isBuilt) warnAboutMissing(candidate, inspection);
  }
  return { source: await fromCommonNames(inspection, evidence.runtime), built };
}

function* fromScripts({ scripts }: EntryPointEvidence): Generator<Finding<string>> {
  for (const name of ["start", "dev"]) {
    const script = scripts.get(name);
    if (script === undefined) continue;
    for (const command of splitCommands(script.command).toReversed()) {
      const invocation = invocationOf(command);
      const file = invocation && programFileOf(invocation)?.file;
      // `node .` runs what "main" names, which comes next.
      if (file === undefined || file === "." || file === "") continue;
      yield { value: file, because: `script "${name}" runs it`, file: script.file, line: script.line };
    }
  }
}

function* fromManifests({ deno, manifest }: EntryPointEvidence): Generator<Finding<string>> {
  if (deno !== undefined) {
    const exported = exportedFile(nodeAt(deno.root, "exports"));
    if (exported !== undefined) yield manifestFinding(exported, { field: "exports", file: deno.file });
  }
  if (manifest === undefined) return;
  const main = textAt(manifest.root, "main");
  if (main !== undefined) yield manifestFinding(main, { field: "main", file: manifest.file });
  const exported = exportedFile(nodeAt(manifest.root, "exports"));
  if (exported !== undefined) yield manifestFinding(exported, { field: "exports", file: manifest.file });
}

function manifestFinding(
  path: Located<string>,
  { field, file }: { field: string; file: string },
): Finding<string> {
  return { value: plainPath(path.value), because: `"${field}" names it`, file, line: path.line };
}

// "exports": "./main.ts", { ".": "./main.ts" } or { ".": { "import": { "default": "./main.js" } } }
function exportedFile(node: JsonNode | undefined): Located<string> | undefined {
  let current = node;
  for (let depth = 0; depth < 5 && current !== undefined; depth += 1) {
    if (typeof current.value === "string") return { value: current.value, line: current.line };
    const members: ReadonlyMap<string, JsonNode> | undefined = membersOf(current);
    current =
      members?.get(".") ??
      members?.get("node") ??
      members?.get("import") ??
      members?.get("default") ??
      members?.get("require");
  }
  return undefined;
}

/** The existing source of a file that a manifest names: itself, or what is compiled into it. */
async function sourceOf(
  path: string,
  inspection: Inspection,
  { typescript }: EntryPointEvidence,
): Promise<string | undefined> {
  const outDir = typescript?.outDir?.value ?? likelyOutDir(path);
  if (outDir !== undefined && isBelow(path, outDir)) {
    const inside = path.slice(outDir.length + 1).replace(/\.([cm]?)jsx?$/, "");
    const roots = [typescript?.rootDir?.value ?? "src", "src", "."];
    const candidates = roots.flatMap((root) =>
      [".ts", ".mts", ".cts", ".tsx"].map((ending) => plainPath(join(root, inside + ending))),
    );
    return inspection.firstFileAt([...candidates, path]);
  }
  const endings = isSourceFile(path) ? [""] : ["", ".js", ".cjs", ".mjs", ".ts", "/index.js", "/index.ts"];
  return inspection.firstFileAt(endings.map((ending) => path + ending));
}

function outDirOf({ typescript }: EntryPointEvidence): string | undefined {
  return typescript?.outDir?.value;
}

/** Folders that only a build writes to. */
function likelyOutDir(path: string): string | undefined {
  return /^(?:dist|build|out|\.output|lib-dist)(?=\/)/.exec(path)?.[0];
}

function isBelow(path: string, folder: string | undefined): boolean {
  const below = folder ?? likelyOutDir(path);
  return below !== undefined && below !== "." && path.startsWith(`${below}/`);
}

function warnAboutMissing(candidate: Finding<string>, inspection: Inspection): void {
  const { value, because, file, line } = candidate;
  inspection.warn({
    code: "entry-point-missing",
    message: `"${value}" does not exist, though ${because}`,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  });
}

async function fromCommonNames(
  inspection: Inspection,
  runtime: Runtime,
): Promise<Finding<string> | undefined> {
  const name = await inspection.firstFileAt(commonEntryPoints(runtime));
  return name === undefined
    ? undefined
    : { value: name, because: "its name is a usual one for an entry point", file: name };
}

/** `./src\main.ts` → `src/main.ts`. */
function plainPath(path: string): string {
  return normalize(path)
    .split(sep)
    .join("/")
    .replace(/^(?:\.\/)+/, "");
}
