import { dirname, join } from "node:path";
import type { DenoDescription, Finding } from "./description.ts";
import { membersOf, nodeAt, textAt } from "./json-access.ts";
import type { Located } from "./json-access.ts";
import type { JsonNode } from "./json-document.ts";
import type { Inspection } from "./inspection.ts";
import { readManifestFile } from "./manifest-file.ts";
import type { ManifestFile } from "./manifest-file.ts";
import type { ReadManifestOptions } from "./package-manifest.ts";
import { readTexts } from "./package-manifest.ts";

/** A `deno.json` or `deno.jsonc`, as far as its fields are of the right kind. */
export interface DenoConfiguration extends ManifestFile {
  readonly root: JsonNode;
  readonly name: Located<string> | undefined;
  readonly version: Located<string> | undefined;
  /** Task → command; a task that only has dependencies has an empty command. */
  readonly tasks: ReadonlyMap<string, Located<string>>;
  readonly imports: ReadonlyMap<string, Located<string>>;
}

/**
 * Reads the `deno.json` of a folder, or its `deno.jsonc` (Deno takes the first of them too).
 *
 * @throws DextError `DEXT_PROJECT_MANIFEST_INVALID`, `DEXT_PROJECT_FILE_UNREADABLE`.
 */
export async function readDenoConfiguration(
  inspection: Inspection,
  { directory, quiet = false }: ReadManifestOptions,
): Promise<DenoConfiguration | undefined> {
  const file =
    (await readManifestFile(inspection, join(directory, "deno.json"))) ??
    (await readManifestFile(inspection, join(directory, "deno.jsonc")));
  if (file === undefined) return undefined;
  const { root } = file.document;
  return {
    ...file,
    root,
    name: textAt(root, "name"),
    version: textAt(root, "version"),
    tasks: readTasks(file, quiet ? undefined : inspection),
    imports: await readImports(file, { inspection, quiet }),
  };
}

/** What Deno itself would go by. */
export async function describeDeno(
  inspection: Inspection,
  options: { configuration: DenoConfiguration | undefined; lock: Finding<string> | undefined },
): Promise<DenoDescription> {
  const { configuration, lock } = options;
  return {
    config: configuration?.file,
    lock: lock ?? (await ownLock(inspection)),
    tasks: toRecord(configuration?.tasks),
    permissions: configuration && configuredPermissions(configuration),
    imports: toRecord(configuration?.imports),
    nodeModulesDir: configuration && nodeModulesSetting(configuration),
  };
}

/** Map to object without a prototype, so that a name such as `constructor` is never found by accident. */
function toRecord(texts: ReadonlyMap<string, Located<string>> | undefined): Readonly<Record<string, string>> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, { value }] of texts ?? []) record[name] = value;
  return record;
}

async function ownLock(inspection: Inspection): Promise<Finding<string> | undefined> {
  const name = await inspection.firstFile(["deno.lock"]);
  return name === undefined ? undefined : { value: name, because: "the lock file is there", file: name };
}

// A task is text, or { "description": …, "command": …, "dependencies": […] }.
function readTasks(
  file: ManifestFile,
  inspection: Inspection | undefined,
): ReadonlyMap<string, Located<string>> {
  const tasks = new Map<string, Located<string>>();
  for (const [name, node] of membersOf(nodeAt(file.document.root, "tasks")) ?? []) {
    if (typeof node.value === "string") {
      tasks.set(name, { value: node.value, line: node.line });
    } else if (membersOf(node) !== undefined) {
      tasks.set(name, { value: textAt(node, "command")?.value ?? "", line: node.line });
    } else {
      inspection?.warn({
        code: "field-ignored",
        message: `Task "${name}" is neither text nor an object; it is ignored`,
        file: file.file,
        line: node.line,
      });
    }
  }
  return tasks;
}

async function readImports(
  file: ManifestFile,
  { inspection, quiet }: { inspection: Inspection; quiet: boolean },
): Promise<ReadonlyMap<string, Located<string>>> {
  const told = quiet ? undefined : inspection;
  const inline = readTexts("imports", { file, inspection: told });
  const importMap = textAt(file.document.root, "importMap");
  if (inline.size > 0 || importMap === undefined || /^https?:/.test(importMap.value)) return inline;
  const path = join(dirname(file.path), importMap.value);
  try {
    const mapFile = await readManifestFile(inspection, path);
    return mapFile === undefined ? inline : readTexts("imports", { file: mapFile, inspection: told });
  } catch (error) {
    const message = `The import map is ignored: ${error instanceof Error ? error.message : String(error)}`;
    told?.warn({ code: "file-ignored", message, file: file.file, line: importMap.line });
    return inline;
  }
}

/** Since Deno 2.5 a configuration may hold permission sets; `-P` applies the one called `default`. */
function configuredPermissions(configuration: DenoConfiguration): Finding<readonly string[]> | undefined {
  const set = nodeAt(configuration.root, "permissions", "default");
  if (set === undefined) return undefined;
  const because = '"permissions" has a set called "default"';
  return { value: ["-P"], because, file: configuration.file, line: set.line };
}

// "nodeModulesDir": "auto" | "manual" | "none", and true or false before Deno 2
function nodeModulesSetting(configuration: DenoConfiguration): Finding<string> | undefined {
  const setting = nodeAt(configuration.root, "nodeModulesDir");
  const value = typeof setting?.value === "boolean" ? String(setting.value) : textAt(setting)?.value;
  if (setting === undefined || value === undefined) return undefined;
  return { value, because: '"nodeModulesDir" is set', file: configuration.file, line: setting.line };
}
