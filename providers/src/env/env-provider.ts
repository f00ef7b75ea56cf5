import { resolve } from "node:path";
import type {
  ConfigLayer,
  ConfigNote,
  LayerOptions,
  LoadContext,
  LoadedSource,
} from "../definition/provider.ts";
import { readText } from "../file-system.ts";
import { keyOfSchema, shapeAtNames } from "../names/fit-key.ts";
import { pathOfVariable } from "../names/variable-names.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { reachesPrototype, treeOfPaths, valueNode } from "../tree/config-tree.ts";
import type { ConfigNode, Origin } from "../tree/config-tree.ts";
import { envError } from "./env-error.ts";
import { readVariables } from "./read-variables.ts";

/** What {@link env} takes. */
export interface EnvOptions extends Pick<LayerOptions, "optional"> {
  /** Only variables that begin with it, which is cut off; compared without regard to case. Absent: those that the schema names. */
  prefix?: string;
  /** `NAME_FILE` gives the value of `NAME` by the path of a file, as container platforms do; on when absent. */
  files?: boolean;
}

/**
 * The environment variables of the process. `__` nests: with the prefix `APP__`, `APP__DB__HOST` is `db.host` and
 * `APP__LIST__0` the first element of `list`. Case is that of the schema.
 *
 * @throws at load DextError `DEXT_CONFIG_ENV_FORBIDDEN`, `DEXT_CONFIG_ENV_TWICE`, `DEXT_CONFIG_ENV_FILE_UNREADABLE`
 *
 * @example
 * ```ts
 * import { env, loadConfig } from "@dext/providers";
 *
 * const config = await loadConfig(
 *   { layers: [env({ prefix: "APP__" })] },
 *   { variables: { APP__DB__HOST: "db.local", OTHER: "1" } },
 * );
 * if (JSON.stringify(config.value) !== '{"db":{"host":"db.local"}}') throw new Error("not read");
 * ```
 */
export function env({ prefix = "", files = true, ...options }: EnvOptions = {}): ConfigLayer {
  return {
    ...options,
    provider: "env",
    label: prefix === "" ? "environment" : `${prefix}*`,
    create: () => ({ load: (context) => loadEnvironment(context, { prefix, files }) }),
  };
}

async function loadEnvironment(
  context: LoadContext,
  { prefix, files }: { prefix: string; files: boolean },
): Promise<LoadedSource> {
  const variables = readVariables(context, { prefix, files });
  const values: { path: ConfigPath; node: ConfigNode }[] = [];
  const notes: ConfigNote[] = [];
  const names = [...variables.keys()].toSorted();
  for (const name of names) {
    const path = pathOfVariable(name, prefix);
    const text = variables.get(name);
    if (path === undefined || text === undefined) continue;
    if (countsEverything({ context, prefix }) && path.some((key) => reachesPrototype(key.toLowerCase()))) {
      notes.push({ message: `"${name}" is left out: no key may be named so`, origin: originOf(name) });
      continue;
    }
    const target = files ? targetOfFile(path, context) : undefined;
    if (target !== undefined) {
      if (!isWanted(target, { context, prefix })) continue;
      try {
        refuseTwice({ name, target: name.slice(0, -"_FILE".length), variables });
        values.push({ path: target, node: await readNamedFile({ variable: name, path: text, context }) });
      } catch (error) {
        if (context.signal.aborted || !countsEverything({ context, prefix })) throw error;
        // It may be that of an unrelated program (`SSL_CERT_FILE`), which is not for us to refuse.
        notes.push({ message: `"${name}" is left out: ${(error as Error).message}`, origin: originOf(name) });
      }
    } else if (isWanted(path, { context, prefix })) {
      values.push({ path, node: valueNode(text, { origin: originOf(name) }) });
    }
  }
  const fitting = prefix === "" ? withoutClashes(values, notes) : values;
  return { tree: treeOfPaths(fitting, { origin: { provider: "env", location: "" }, loose: true }), notes };
}

/** Variables of unrelated programs may be `A` and `A__B`: that is not for us to refuse. The longer one counts. */
function withoutClashes(
  values: readonly { path: ConfigPath; node: ConfigNode }[],
  notes: ConfigNote[],
): readonly { path: ConfigPath; node: ConfigNode }[] {
  const above = new Set(
    values.flatMap(({ path }) => path.slice(1).map((_, at) => foldedKey(path.slice(0, at + 1)))),
  );
  return values.filter(({ path, node }) => {
    if (!above.has(foldedKey(path))) return true;
    notes.push({
      message: `"${node.origin.location}" is left out: other variables are named as keys below it`,
      origin: node.origin,
    });
    return false;
  });
}

function foldedKey(path: ConfigPath): string {
  return path.join("\0").toLowerCase();
}

/** Without a prefix the environment is full of things that are no configuration: only what the schema names counts. */
function isWanted(path: ConfigPath, { context, prefix }: { context: LoadContext; prefix: string }): boolean {
  if (prefix !== "" || countsEverything({ context, prefix })) return true;
  return keyOfSchema(path[0] ?? "", context.shape) !== undefined;
}

/** There is neither a prefix nor a schema that would tell what is ours. */
function countsEverything({ context, prefix }: { context: LoadContext; prefix: string }): boolean {
  return prefix === "" && (context.shape === undefined || context.shape.properties.size === 0);
}

/** The path whose value a `…_FILE` variable gives; undefined where the schema has a key of that very name. */
function targetOfFile(path: ConfigPath, { shape }: LoadContext): ConfigPath | undefined {
  const last = path.at(-1) ?? "";
  if (!/.+_FILE$/i.test(last)) return undefined;
  const above = path.slice(0, -1);
  if (keyOfSchema(last, shapeAtNames(shape, above)) !== undefined) return undefined;
  return [...above, last.slice(0, -"_FILE".length)];
}

function refuseTwice({
  name,
  target,
  variables,
}: {
  name: string;
  target: string;
  variables: ReadonlyMap<string, string>;
}): void {
  if (!variables.has(target)) return;
  throw envError("DEXT_CONFIG_ENV_TWICE", `Both "${target}" and "${name}" are set, and give the same value`, {
    hint: "Take one of the two variables away.",
    details: { variables: [target, name] },
  });
}

async function readNamedFile({
  variable,
  path,
  context,
}: {
  variable: string;
  path: string;
  context: LoadContext;
}): Promise<ConfigNode> {
  const file = resolve(context.directory, path);
  try {
    const text = await readText(file, context);
    // Editors and `echo` end a file with a newline that is no part of a password.
    return valueNode(text.replace(/\r?\n$/, ""), {
      origin: { provider: "file", location: path, details: { file, variable } },
      secret: true,
    });
  } catch (error) {
    if (context.signal.aborted) throw error;
    throw envError(
      "DEXT_CONFIG_ENV_FILE_UNREADABLE",
      `The file "${file}" that "${variable}" names cannot be read: ${(error as Error).message}`,
      { hint: `Mount the file, or correct "${variable}".`, cause: error, details: { variable, file } },
    );
  }
}

function originOf(variable: string): Origin {
  return { provider: "env", location: variable, details: { variable } };
}
