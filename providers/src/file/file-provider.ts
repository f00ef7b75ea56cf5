import { basename, extname, resolve } from "node:path";
import type { ConfigLayer, LayerOptions, LoadContext, LoadedSource } from "../definition/provider.ts";
import { readText, statusOf } from "../file-system.ts";
import { objectNode } from "../tree/config-tree.ts";
import type { ConfigNode } from "../tree/config-tree.ts";
import { WatchedFiles } from "../watching/watched-files.ts";
import { fileError, invalidFile } from "./file-error.ts";
import { extensions, formatOfName, originIn, parseText } from "./formats.ts";
import type { FileFormat } from "./formats.ts";

/** What {@link file} takes. */
export interface FileOptions extends LayerOptions {
  /** Where the name does not tell. */
  format?: FileFormat;
  /** All its values are secrets. */
  secret?: boolean;
  /** Whether `${path}` in its values refers to other values; true when absent. */
  references?: boolean;
}

/**
 * A file in YAML, JSON, JSON with comments, or TOML, as its extension says. Without an extension the one file of that name
 * that is there is taken. `{environment}` in the path stands for the name of the environment.
 *
 * @throws DextError `DEXT_CONFIG_FILE_FORMAT_UNKNOWN`; at load `DEXT_CONFIG_FILE_MISSING`, `DEXT_CONFIG_FILE_UNREADABLE`,
 * `DEXT_CONFIG_FILE_INVALID`, `DEXT_CONFIG_FILE_AMBIGUOUS`
 */
export function file(
  path: string,
  { format, secret = false, references = true, ...options }: FileOptions = {},
): ConfigLayer {
  const given = format ?? formatOfName(path);
  if (given === undefined && extname(path.replaceAll("{environment}", "")) !== "") throw unknownFormat(path);
  const paths = (context: Omit<LoadContext, "signal">): readonly string[] =>
    candidates(context, { path, format: given });
  return {
    ...options,
    provider: "file",
    label: path,
    create: () => {
      const files = new WatchedFiles();
      return {
        async load(context) {
          await files.look(paths(context));
          return loadFile(context, { path, format: given, secret, references });
        },
        missing: (context) => missing(paths(context)),
        watch: (context) => files.watch(paths(context), context),
      };
    },
  };
}

interface FileSource {
  path: string;
  format: FileFormat | undefined;
}

async function loadFile(
  context: LoadContext,
  source: FileSource & { secret: boolean; references: boolean },
): Promise<LoadedSource | undefined> {
  const { secret, references } = source;
  const path = await chooseFile(context, source);
  const text = path === undefined ? undefined : await readOptional(path, context);
  if (path === undefined || text === undefined) return undefined;
  const name = displayName(path, context);
  const format = source.format ?? formatOfName(path) ?? "yaml";
  const { root, notes } = await parseText({ text, file: name, secret, references }, format);
  const origin = originIn({ text, file: name }, { line: 1, column: 1 });
  return { tree: asObject(root ?? objectNode([], { origin }), name), notes };
}

/** The files that may be meant, by their absolute paths: one, unless the path has no extension. */
function candidates(
  { directory, environment }: Pick<LoadContext, "directory" | "environment">,
  { path, format }: FileSource,
): readonly string[] {
  const whole = resolve(directory, path.replaceAll("{environment}", environment));
  return format === undefined ? Object.keys(extensions).map((extension) => whole + extension) : [whole];
}

async function chooseFile(context: LoadContext, source: FileSource): Promise<string | undefined> {
  const paths = candidates(context, source);
  if (paths.length === 1) return paths[0];
  const there = await Promise.all(paths.map(async (path) => ((await isThere(path)) ? [path] : [])));
  const [first, ...others] = there.flat();
  if (others.length === 0) return first;
  throw fileError(
    "DEXT_CONFIG_FILE_AMBIGUOUS",
    `"${source.path}" could be any of ${[first, ...others].map((each) => `"${basename(each ?? "")}"`).join(", ")}`,
    { hint: "Keep one of them, or name it with its extension.", details: { files: there.flat() } },
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await statusOf(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw unreadable(`"${path}" cannot be looked at`, { path, cause: error });
  }
}

/** Nothing of that name, or a file where a folder of the path would have to be. */
function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}

async function readOptional(path: string, { signal }: LoadContext): Promise<string | undefined> {
  try {
    return await readText(path, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    if (isAbsence(error)) return undefined;
    throw unreadable(`"${path}" is there and cannot be read`, { path, cause: error });
  }
}

/** Relative to the folder of the configuration where it lies in it. */
function displayName(path: string, { directory }: LoadContext): string {
  const root = resolve(directory);
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

function asObject(root: ConfigNode, name: string): LoadedSource["tree"] {
  if (root.kind === "object") return root;
  const { line = 1, column = 1 } = (root.origin.details ?? {}) as { line?: number; column?: number };
  throw invalidFile(
    `the root is a ${root.kind === "list" ? "list" : "single value"}, and has to be keys with values`,
    {
      file: name,
      line,
      column,
    },
  );
}

function unreadable(what: string, { path, cause }: { path: string; cause: unknown }): Error {
  return fileError("DEXT_CONFIG_FILE_UNREADABLE", `${what}: ${(cause as Error).message}`, {
    hint: "Make the file readable.",
    cause,
    details: { file: path },
  });
}

function missing(paths: readonly string[]): Error {
  const [first = ""] = paths;
  const name =
    paths.length === 1
      ? `"${first}"`
      : `"${first.slice(0, -extname(first).length)}" with one of ${Object.keys(extensions).join(", ")}`;
  return fileError("DEXT_CONFIG_FILE_MISSING", `The configuration file ${name} is not there`, {
    hint: "Make it, correct the path, or make the layer optional.",
    details: { files: paths },
  });
}

function unknownFormat(path: string): Error {
  return fileError(
    "DEXT_CONFIG_FILE_FORMAT_UNKNOWN",
    `The format of "${path}" cannot be told from its name`,
    {
      hint: `Use one of ${Object.keys(extensions).join(", ")}, or give the "format".`,
      details: { file: path },
    },
  );
}
