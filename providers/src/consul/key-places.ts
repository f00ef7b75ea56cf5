import type { ConsulOptions } from "./consul-options.ts";

/** A key, or all keys that begin in one way. */
export interface KeyPlace {
  readonly key: string;
  readonly recurse: boolean;
  /** What is cut off the keys. */
  readonly folder: string;
}

/** Where a layer has its keys, lowest first. `{environment}` stays as it is where the environment is not known. */
export function keyPlaces(
  { prefix, contexts = [""], format = "KEY_VALUE", dataKey = "data" }: ConsulOptions,
  environment: string = "{environment}",
): readonly KeyPlace[] {
  const isText = format === "YAML" || format === "JSON";
  return contexts.map((context) => {
    const folder = folderOf(`${folderOf(prefix)}${context}`).replaceAll("{environment}", environment);
    return { folder, key: isText ? folder + dataKey : folder, recurse: !isText };
  });
}

/** `/shop/api` → `shop/api/`; `""` is all keys. */
export function folderOf(prefix: string): string {
  const bare = prefix.replace(/^\/+/, "").replace(/\/+$/, "");
  return bare === "" ? "" : `${bare}/`;
}
