import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { isDextError } from "@dext/core";

import { builtInGenerators } from "../builtin/built-in-generators.ts";
import { generatorError } from "../generator-error.ts";
import type { GeneratorDefinition } from "./definition.ts";
import { definitionFiles } from "./definition-files.ts";
import { defineGenerator } from "./definition.ts";
import { loadPlopfile } from "./load-plopfile.ts";

const plopfiles = ["plopfile.ts", "plopfile.mts", "plopfile.js", "plopfile.mjs", "plopfile.cjs"];

/**
 * The generators that a folder brings along, in `dext.generators.ts` (the default export: a generator or a list of
 * them) or in a plopfile. This runs their code: only what makes or updates files may ask for it.
 *
 * @throws DextError `DEXT_GENERATE_GENERATOR_FAILED` when the file throws, `DEXT_GENERATE_GENERATOR_INVALID`
 */
export async function loadGenerators(target: string): Promise<GeneratorDefinition[]> {
  const own = definitionFiles.map((name) => join(target, name)).find((path) => existsSync(path));
  const plopfile = plopfiles.map((name) => join(target, name)).find((path) => existsSync(path));
  const definitions = own === undefined ? [] : await load(own, () => loadDefinitions(own));
  const plop = plopfile === undefined ? [] : await load(plopfile, () => loadPlopfile(plopfile, { target }));
  const names = new Set(definitions.map(({ name }) => name));
  return [...definitions, ...plop.filter(({ name }) => !names.has(name))];
}

/**
 * A generator by its name: of those that are given, else of those that the target brings along, else of Dext's own.
 *
 * @throws DextError `DEXT_GENERATE_GENERATOR_UNKNOWN`
 */
export async function findGenerator(
  name: string,
  { target, generators = [] }: { target: string; generators?: readonly GeneratorDefinition[] },
): Promise<GeneratorDefinition> {
  const given = generators.find((definition) => definition.name === name);
  if (given !== undefined) return given;
  const brought = await loadGenerators(target);
  const found = [...brought, ...builtInGenerators].find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const names = [...generators, ...brought, ...builtInGenerators].map((definition) => `"${definition.name}"`);
  throw generatorError("DEXT_GENERATE_GENERATOR_UNKNOWN", `There is no generator "${name}"`, {
    hint: `There are ${[...new Set(names)].join(", ")}.`,
    details: { generator: name },
  });
}

async function loadDefinitions(path: string): Promise<GeneratorDefinition[]> {
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  const exported = module.default;
  if (exported === undefined) {
    throw generatorError("DEXT_GENERATE_GENERATOR_INVALID", `"${path}" has no default export`, {
      hint: "Write `export default defineGenerator({ … })`, or a list of generators.",
    });
  }
  const list = Array.isArray(exported) ? (exported as unknown[]) : [exported];
  return list.map((each) => defineGenerator(each as GeneratorDefinition));
}

async function load(
  path: string,
  read: () => Promise<GeneratorDefinition[]>,
): Promise<GeneratorDefinition[]> {
  try {
    return await read();
  } catch (error) {
    if (isDextError(error)) throw error;
    throw generatorError(
      "DEXT_GENERATE_GENERATOR_FAILED",
      `"${path}" cannot be loaded: ${(error as Error).message}`,
      {
        hint: "The mistake is in this file.",
        cause: error,
        details: { path },
      },
    );
  }
}
