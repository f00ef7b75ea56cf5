import { join, posix } from "node:path";
import type { Inspection } from "../inspection.ts";

// file("config.yaml")    file("config/{environment}.yaml")    new URL("../prices.csv", import.meta.url)
const names =
  /["'`](?:\.{0,2}\/)*((?:[\w@.-]+\/){0,5}[\w@{}$.-]{1,100}\.(?:ya?ml|toml|jsonc?|json5|csv|tsv|xml|sql|txt))["'`]/g;
/** Files of package managers and compilers, which programs name for other reasons. */
const others = /^(?:package|tsconfig.*|deno|jsr|package-lock|pnpm-.*|bunfig)\.\w+$/;

/**
 * The files of a folder that a source names in its text, relative to the folder; `{environment}` and the like stand for
 * anything.
 */
export async function namedFiles(
  inspection: Inspection,
  { text, directory }: { text: string; directory: string },
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [, named = ""] of text.matchAll(names)) {
    const path = posix.normalize(named);
    const folder = posix.dirname(path);
    const pattern = patternOf(posix.basename(path));
    for (const [name, kind] of await inspection.list(join(directory, folder))) {
      if (kind === "file" && pattern.test(name) && !others.test(name)) found.add(posix.join(folder, name));
    }
  }
  return [...found];
}

// config.{environment}.yaml    config.${NODE_ENV}.yaml
function patternOf(name: string): RegExp {
  const parts = name
    .split(/\$?\{[^{}]*\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join("[\\w-]+")}$`);
}
