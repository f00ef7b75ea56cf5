import type { ConfigPath } from "../tree/config-path.ts";

/**
 * The path that the name of a variable stands for: `APP__DB__HOST` with the prefix `APP__` → `DB`, `HOST`. Only `__` nests,
 * `_` never does. Undefined for a name with another prefix, and for one with an empty part.
 */
export function pathOfVariable(name: string, prefix: string): ConfigPath | undefined {
  if (!name.toLowerCase().startsWith(prefix.toLowerCase())) return undefined;
  const keys = name.slice(prefix.length).split("__");
  return keys.every((key) => key !== "") ? keys : undefined;
}

/**
 * The names under which a path may stand in the environment: `db.maxRetries` → `APP__DB__MAXRETRIES` and
 * `APP__DB__MAX_RETRIES`.
 */
export function variablesOfPath(path: ConfigPath, prefix: string): readonly string[] {
  const plain = path.map((key) => key.replaceAll("-", "_").toUpperCase()).join("__");
  const split = path
    .map((key) =>
      key
        .replaceAll("-", "_")
        .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
        .toUpperCase(),
    )
    .join("__");
  return [...new Set([plain, split])].map((name) => prefix + name);
}
