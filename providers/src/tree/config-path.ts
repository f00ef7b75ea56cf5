import { configError } from "../config-error.ts";

/** The keys from the root down to a value; the index of a list is a key as well. */
export type ConfigPath = readonly string[];

/**
 * The keys of a written path: `db.host`, `list.0.name`, and `labels["app.kubernetes.io/name"]` for keys with a dot.
 *
 * @throws DextError `DEXT_CONFIG_PATH_INVALID`
 */
export function parsePath(text: string): ConfigPath {
  if (text === "") return [];
  const keys: string[] = [];
  const pattern = /(?:^|\.)([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    const key = match?.[1] ?? match?.[2] ?? quotedKey(match?.[3]);
    if (key === undefined) throw invalidPath(text);
    keys.push(key);
  }
  return keys;
}

/** The path as text, in the form that {@link parsePath} reads. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((key, at) => {
      if (/[.[\]"\\]/.test(key) || key === "") return `[${JSON.stringify(key)}]`;
      return at === 0 ? key : `.${key}`;
    })
    .join("");
}

/**
 * Whether a path is meant by a pattern: equal to it, or below it. `*` stands for one key of any name, and below it is
 * everything: `db.*` means `db.password` and `db.pool.size`, but not `db`.
 */
export function isWithin(path: ConfigPath, pattern: ConfigPath): boolean {
  return (
    pattern.length <= path.length && pattern.every((key, at) => key === "*" || sameKey(key, path[at] ?? ""))
  );
}

/** Keys are compared without regard to case wherever a person writes a path. */
export function sameKey(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase();
}

function quotedKey(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function invalidPath(text: string): Error {
  return configError("DEXT_CONFIG_PATH_INVALID", `Not a path into the configuration: "${text}"`, {
    hint: 'Join keys by dots, as in "db.host" or "servers.0.name"; put a key with a dot in brackets: labels["a.b"].',
    details: { path: text },
  });
}
