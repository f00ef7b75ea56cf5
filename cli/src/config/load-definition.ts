import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { ConfigDefinition } from "@dext/providers";
import { cliError } from "../error-codes.ts";

/** The names that a file with a definition can have, in the order in which they are looked for. */
const definitionNames = ["config", "src/config"].flatMap((name) =>
  [".ts", ".mts", ".js", ".mjs"].map((extension) => name + extension),
);

/** A definition with the place that its relative paths start from. */
export interface FoundDefinition {
  definition: ConfigDefinition;
  file: string;
  /** The nearest folder above with a `package.json` or `deno.json`: where the service runs. */
  directory: string;
}

/**
 * Finds the file with a service's definition, without loading it.
 *
 * @throws DextError `DEXT_CLI_DEFINITION_NOT_FOUND`
 */
export function findDefinition(path: string | undefined): string {
  const looked = path === undefined ? definitionNames.map((name) => resolve(name)) : [resolve(path)];
  const found = looked.find(isFile);
  if (found !== undefined) return found;
  if (path !== undefined && existsSync(resolve(path))) {
    const inside = definitionNames.map((name) => join(resolve(path), name)).find(isFile);
    if (inside !== undefined) return inside;
  }
  throw cliError(
    "DEXT_CLI_DEFINITION_NOT_FOUND",
    path === undefined
      ? `There is no configuration in "${process.cwd()}", looked for: ${definitionNames.join(", ")}`
      : `There is no configuration "${resolve(path)}"`,
    {
      hint: "Give --file <file>: a module that exports what defineConfig() gives.",
      details: { looked },
    },
  );
}

/**
 * Loads the module and takes the definition that it exports: as default, or under any name.
 *
 * @throws DextError `DEXT_CLI_DEFINITION_INVALID`
 */
export async function loadDefinition(file: string): Promise<FoundDefinition> {
  const exported = await importModule(file);
  const candidates = [exported["default"], exported["definition"], ...Object.values(exported)];
  const definition = candidates.find(isDefinition);
  if (definition === undefined) {
    throw cliError("DEXT_CLI_DEFINITION_INVALID", `"${file}" exports no definition of a configuration`, {
      hint: "Export it: export const definition = defineConfig({ … }).",
      details: { file, exports: Object.keys(exported) },
    });
  }
  return { definition, file, directory: projectFolder(file) };
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw cliError("DEXT_CLI_DEFINITION_INVALID", `"${file}" cannot be loaded: ${(error as Error).message}`, {
      hint: "It is loaded as the service loads it: its imports have to be installed, and its top level must not fail.",
      cause: error,
      details: { file },
    });
  }
}

/** It may come from another copy of the package, so its form counts. */
function isDefinition(value: unknown): value is ConfigDefinition {
  if (typeof value !== "object" || value === null) return false;
  const { layers, secrets, lists, debounce } = value as Partial<ConfigDefinition>;
  return (
    Array.isArray(layers) && Array.isArray(secrets) && Array.isArray(lists) && typeof debounce === "number"
  );
}

function projectFolder(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (["package.json", "deno.json", "deno.jsonc"].some((name) => existsSync(join(folder, name))))
      return folder;
    if (folder === dirname(folder)) return dirname(file);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
