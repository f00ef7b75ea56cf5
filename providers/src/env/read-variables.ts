import type { LoadContext } from "../definition/provider.ts";
import { variablesOfPath } from "../names/variable-names.ts";
import { namedLeaves } from "../schema/shape.ts";
import { envError } from "./env-error.ts";

/**
 * The variables by name. Deno may forbid to list them and allow to read some: then those are asked for that the schema
 * names.
 *
 * @throws DextError `DEXT_CONFIG_ENV_FORBIDDEN` when none may be read
 */
export function readVariables(
  { variables, shape }: LoadContext,
  { prefix, files }: { prefix: string; files: boolean },
): ReadonlyMap<string, string> {
  try {
    return definedOf(variables ?? process.env);
  } catch (error) {
    const names = shape === undefined ? [] : namesOf(shape, { prefix, files });
    const found = new Map<string, string>();
    const denied: string[] = [];
    for (const name of names) {
      const value = readOne(name, denied);
      if (value !== undefined) found.set(name, value);
    }
    if (denied.length < names.length) return found;
    throw forbidden(error, { names, prefix });
  }
}

function definedOf(variables: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(variables)) if (value !== undefined) found.set(name, value);
  return found;
}

function namesOf(
  shape: NonNullable<LoadContext["shape"]>,
  { prefix, files }: { prefix: string; files: boolean },
): readonly string[] {
  const plain = [...namedLeaves(shape)].flatMap((path) => variablesOfPath(path, prefix));
  return files ? plain.flatMap((name) => [name, `${name}_FILE`]) : plain;
}

function readOne(name: string, denied: string[]): string | undefined {
  try {
    return process.env[name];
  } catch {
    denied.push(name);
    return undefined;
  }
}

function forbidden(cause: unknown, { names, prefix }: { names: readonly string[]; prefix: string }): Error {
  const wanted = names.filter((name) => !name.endsWith("_FILE"));
  return envError(
    "DEXT_CONFIG_ENV_FORBIDDEN",
    `The environment${prefix === "" ? "" : ` (${prefix}*)`} may not be read: the permission is missing`,
    {
      hint:
        wanted.length === 0
          ? 'Run Deno with "--allow-env", or give the configuration a schema and allow the variables that it names.'
          : `Run Deno with "--allow-env=${wanted.slice(0, 5).join(",")}${wanted.length > 5 ? ",…" : ""}".`,
      cause,
      details: { variables: wanted },
    },
  );
}
