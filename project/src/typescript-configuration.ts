import { dirname, join, posix } from "node:path";
import type { Finding, TypeScriptDescription } from "./description.ts";
import { itemsOf, nodeAt, textAt } from "./json-access.ts";
import type { JsonNode } from "./json-document.ts";
import { parseJsonDocument } from "./json-document.ts";
import type { Inspection } from "./inspection.ts";

/** A configuration that extends itself must end somewhere. */
const longestChain = 10;

/** Options of the compiler whose syntax has to be transformed, not only stripped. */
const transformingOptions: readonly string[] = ["experimentalDecorators", "emitDecoratorMetadata"];

interface ConfigurationFile {
  readonly path: string;
  readonly root: JsonNode;
}

/**
 * What `tsconfig.json` and those that it extends say; a broken one is a warning.
 *
 * Configurations that come from packages (`"extends": "@tsconfig/node22"`) are not followed: they name no folders.
 */
export async function describeTypeScript(inspection: Inspection): Promise<TypeScriptDescription | undefined> {
  const name = await inspection.firstFile(["tsconfig.json", "tsconfig.build.json", "tsconfig.app.json"]);
  if (name === undefined) return undefined;
  const chain = await readChain(inspection, join(inspection.directory, name));
  const unstrippable = transformingOptions
    .map((option) => switchedOn(chain, { option, inspection }))
    .find((finding) => finding !== undefined);
  return {
    config: { value: name, because: "the configuration is there", file: name },
    outDir: folderOption(chain, { option: "outDir", inspection }),
    rootDir: folderOption(chain, { option: "rootDir", inspection }),
    unstrippable,
  };
}

/** The configuration first, then what it extends: what stands earlier counts. */
async function readChain(inspection: Inspection, path: string): Promise<readonly ConfigurationFile[]> {
  const chain: ConfigurationFile[] = [];
  const waiting = [path];
  while (waiting.length > 0 && chain.length < longestChain) {
    const next = waiting.shift() ?? "";
    const root = await readConfiguration(inspection, next);
    if (root === undefined || chain.some((file) => file.path === next)) continue;
    chain.push({ path: next, root });
    waiting.push(...extended(root, next));
  }
  return chain;
}

async function readConfiguration(inspection: Inspection, path: string): Promise<JsonNode | undefined> {
  const text = await inspection.readHelpfulText(path);
  if (text === undefined) return undefined;
  try {
    return parseJsonDocument(text).root;
  } catch (error) {
    const message = `It is ignored: ${error instanceof Error ? error.message : String(error)}`;
    inspection.warn({ code: "file-ignored", message, file: inspection.show(path), ...placeOf(error) });
    return undefined;
  }
}

function placeOf(error: unknown): { line: number } | Record<string, never> {
  const line = (error as { line?: unknown } | null)?.line;
  return typeof line === "number" ? { line } : {};
}

// "extends": "../tsconfig.base.json", or a list whose later items count more
function extended(root: JsonNode, path: string): readonly string[] {
  return extendedNames(root).map((name) => join(dirname(path), name));
}

/** The configurations that one extends, as paths from its folder; packages are left out. */
export async function extendedBy(inspection: Inspection, path: string): Promise<readonly string[]> {
  const root = await readConfiguration(inspection, path);
  return root === undefined ? [] : extendedNames(root);
}

function extendedNames(root: JsonNode): readonly string[] {
  const field = nodeAt(root, "extends");
  const names = itemsOf(field)?.toReversed() ?? (field === undefined ? [] : [field]);
  return names
    .map((node) => node.value)
    .filter((value): value is string => typeof value === "string" && /^\.{0,2}\//.test(value))
    .map((value) => (value.endsWith(".json") ? value : `${value}.json`));
}

function folderOption(
  chain: readonly ConfigurationFile[],
  { option, inspection }: { option: string; inspection: Inspection },
): Finding<string> | undefined {
  for (const { path, root } of chain) {
    const found = textAt(root, "compilerOptions", option);
    if (found === undefined) continue;
    const folder = found.value.startsWith("${configDir}")
      ? join(inspection.directory, found.value.slice("${configDir}".length))
      : join(dirname(path), found.value);
    const value = posix.normalize(inspection.show(folder)).replace(/\/$/, "");
    return { value, because: `"${option}" says so`, file: inspection.show(path), line: found.line };
  }
  return undefined;
}

function switchedOn(
  chain: readonly ConfigurationFile[],
  { option, inspection }: { option: string; inspection: Inspection },
): Finding<string> | undefined {
  for (const { path, root } of chain) {
    const found = nodeAt(root, "compilerOptions", option);
    if (found === undefined) continue;
    const because = `"${option}" is on, and decorators must be transformed`;
    return found.value === true
      ? { value: "decorators", because, file: inspection.show(path), line: found.line }
      : undefined;
  }
  return undefined;
}
