import { isSecret, mask } from "@dext/core";
import { formatPath } from "@dext/providers";
import type { Config, Explanation } from "@dext/providers";
import { jsonData } from "./json-data.ts";

/** One value of a loaded configuration as it is printed. */
export interface PrintedValue {
  path: string;
  /** `***` for a secret that is not to be shown. */
  value: unknown;
  secret: boolean;
  /** Absent when the schema itself gave the value. */
  explanation?: Explanation;
}

/** All values of a configuration, those that only the schema gives included. */
export function flattenValues(
  config: Config,
  { showSecrets }: { showSecrets: boolean },
): readonly PrintedValue[] {
  const explanations = new Map(config.explain("").map((each) => [each.path, each]));
  // Knows what the schema itself made of secrets, which has no explanation.
  const masked = flatPaths(plainValues(config, { showSecrets: false }));
  const values: PrintedValue[] = [];
  walk(config.value, [], (path, found) => {
    const explanation = explanations.get(path);
    const secret = isSecret(found) || explanation?.secret === true || masked.get(path) === mask;
    const plain = isSecret(found) ? found.reveal() : found;
    values.push({
      path,
      value: secret && !showSecrets ? mask : plain,
      secret,
      ...(explanation === undefined ? {} : { explanation }),
    });
  });
  return values;
}

/** The values as JSON data, secrets masked unless they are to be shown. */
export function plainValues(config: Config, { showSecrets }: { showSecrets: boolean }): unknown {
  return jsonData(showSecrets ? reveal(config.value) : config.value);
}

function flatPaths(values: unknown): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>();
  walk(values, [], (path, value) => flat.set(path, value));
  return flat;
}

function walk(value: unknown, path: readonly string[], visit: (path: string, value: unknown) => void): void {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) walk(item, [...path, String(index)], visit);
  } else if (isPlain(value) && Object.keys(value).length > 0) {
    for (const [key, child] of Object.entries(value)) walk(child, [...path, key], visit);
  } else if (path.length > 0) {
    visit(formatPath(path), value);
  }
}

function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.reveal());
  if (Array.isArray(value)) return value.map(reveal);
  if (isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, reveal(child)]));
  }
  return value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
