import { resolve } from "node:path";
import type {
  ConfigLayer,
  ConfigNote,
  LayerOptions,
  LoadContext,
  LoadedSource,
} from "../definition/provider.ts";
import { fileSystem, readText } from "../file-system.ts";
import { keyOfSchema } from "../names/fit-key.ts";
import { pathOfVariable } from "../names/variable-names.ts";
import { treeOfPaths, valueNode } from "../tree/config-tree.ts";
import { WatchedFiles } from "../watching/watched-files.ts";
import { dotenvError } from "./dotenv-error.ts";
import { expandReferences } from "./expand-references.ts";
import type { PlacedEntry } from "./expand-references.ts";

/** What {@link dotenv} takes. */
export interface DotenvOptions extends LayerOptions {
  /** One file instead of the usual four; it has to be there unless the layer is optional. */
  path?: string;
  /** Only names that begin with it, which is cut off. Absent: those that the schema names. */
  prefix?: string;
}

/**
 * `.env` files: `.env`, `.env.local`, `.env.<environment>` and `.env.<environment>.local`, each over the one before, and
 * none of them needed. `.env.local` is left out in the environment `test`. Names are read as those of {@link env} are.
 *
 * @throws at load DextError `DEXT_CONFIG_DOTENV_INVALID`, `DEXT_CONFIG_DOTENV_UNREADABLE`,
 * `DEXT_CONFIG_DOTENV_REFERENCE_INVALID`
 */
export function dotenv({ path, prefix = "", ...options }: DotenvOptions = {}): ConfigLayer {
  const paths = (context: LoadContext): readonly string[] =>
    namesOf(context, path).map((name) => resolve(context.directory, name));
  return {
    ...options,
    provider: "dotenv",
    label: path ?? ".env",
    create: () => {
      const files = new WatchedFiles();
      return {
        async load(context) {
          await files.look(paths(context));
          return loadFiles(context, { path, prefix });
        },
        watch: (context) => files.watch(paths(context), context),
      };
    },
  };
}

function namesOf({ environment }: LoadContext, path: string | undefined): readonly string[] {
  if (path !== undefined) return [path];
  const local = environment === "test" ? [] : [".env.local"];
  // In an environment that is named `local`, one of them would be read twice.
  return [...new Set([".env", ...local, `.env.${environment}`, `.env.${environment}.local`])];
}

async function loadFiles(
  context: LoadContext,
  { path, prefix }: { path: string | undefined; prefix: string },
): Promise<LoadedSource | undefined> {
  const notes: ConfigNote[] = [];
  const entries = new Map<string, PlacedEntry>();
  const names = namesOf(context, path);
  // Most of the four are absent as a rule, and a read that fails costs a start more than a look.
  const files = names
    .map((name) => resolve(context.directory, name))
    .map((file) => (mayBeThere(file) ? file : undefined));
  const isThere = files.some((file) => file !== undefined);
  if (!isThere && path !== undefined) return undefined;
  // The library is loaded while the first file that is there is read.
  const [parser, ...texts] = await Promise.all([
    isThere ? import("./parse-dotenv.ts") : undefined,
    ...files.map((file) => (file === undefined ? undefined : readOptional(file, context))),
  ]);
  for (const [at, name] of names.entries()) {
    const text = texts[at];
    if (text === undefined || parser === undefined) continue;
    const parsed = parser.parseDotenv(text, name);
    for (const { message, line, column } of parsed.warnings) {
      notes.push({ message, origin: originOf({ file: name, line, column }) });
    }
    for (const entry of parsed.entries) {
      const before = entries.get(entry.name);
      entries.set(entry.name, { ...entry, file: name, ...(before === undefined ? {} : { before }) });
    }
  }
  const environment = variableReader(context);
  const values = [...entries.values()].flatMap((entry) => {
    const keys = pathOfVariable(entry.name, prefix);
    if (keys === undefined || !isWanted(keys[0] ?? "", { context, prefix })) return [];
    const value = expandReferences(entry, { entries, environment });
    return [{ path: keys, node: valueNode(value, { origin: originOf(entry) }) }];
  });
  return {
    tree: treeOfPaths(values, { origin: { provider: "dotenv", location: path ?? ".env" }, loose: true }),
    notes,
  };
}

/** Without a prefix such a file holds what other programs read as well: only what the schema names counts. */
function isWanted(key: string, { context, prefix }: { context: LoadContext; prefix: string }): boolean {
  if (prefix !== "" || context.shape === undefined || context.shape.properties.size === 0) return true;
  return keyOfSchema(key, context.shape) !== undefined;
}

/** What cannot be looked at may be there: the read tells why. */
function mayBeThere(file: string): boolean {
  try {
    return fileSystem.statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

async function readOptional(file: string, { signal }: LoadContext): Promise<string | undefined> {
  try {
    return await readText(file, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw dotenvError(
      "DEXT_CONFIG_DOTENV_UNREADABLE",
      `"${file}" is there and cannot be read: ${(error as Error).message}`,
      { hint: "Make the file readable, or take it away.", cause: error, details: { file } },
    );
  }
}

function variableReader({ variables }: LoadContext): (name: string) => string | undefined {
  return (name) => {
    try {
      return (variables ?? process.env)[name];
    } catch {
      // Deno, without the permission to read this variable.
      return undefined;
    }
  };
}

function originOf({ file, line, column }: { file: string; line: number; column: number }): {
  provider: string;
  location: string;
  details: Readonly<Record<string, string | number>>;
} {
  return { provider: "dotenv", location: `${file}:${line}:${column}`, details: { file, line, column } };
}
