import { posix } from "node:path";

/** Files that a Compose file includes, which are read as one, from a folder of their own. */
export interface ComposeInclude {
  /** Relative to the root, each on top of the one before. */
  readonly files: readonly string[];
  /** From where their paths start. */
  readonly folder: string;
  readonly environmentFiles: readonly string[];
}

/**
 * Reads `include`.
 *
 * ```yaml
 * include:
 *   - infra/compose.yaml
 *   - path: [shop/compose.yaml, shop/compose.dev.yaml]
 *     project_directory: shop
 *     env_file: shop/dev.env
 * ```
 *
 * https://docs.docker.com/reference/compose-file/include/
 */
export function readIncludes(
  given: unknown,
  { folder, fill }: { folder: string; fill: (text: string) => string },
): ComposeInclude[] {
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).map((entry) => {
    const long = typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>) : {};
    const pathsOf = (value: unknown): string[] =>
      textsOf(value)
        .map(fill)
        // oci://registry.example.com/acme/more is no path.
        .map((text) => (/^[a-z]+:\/\//.test(text) ? text : posix.join(folder, text)));
    const files = pathsOf(typeof entry === "string" ? entry : long["path"]);
    const own = pathsOf(long["project_directory"])[0] ?? posix.dirname(files[0] ?? folder);
    const environmentFiles = pathsOf(long["env_file"]);
    return {
      files,
      folder: own,
      environmentFiles: environmentFiles.length > 0 ? environmentFiles : [posix.join(own, ".env")],
    };
  });
}

function textsOf(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each) => typeof each === "string");
}
