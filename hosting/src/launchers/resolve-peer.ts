import { readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The URL of a package's entry point for `import`, looked for in the `node_modules` of these folders and of all above
 * them, or `undefined`.
 *
 * `import.meta.resolve` starts from the module that it stands in and `require.resolve` reads the wrong conditions; a
 * peer is to be found from the AppHost's folder, in the form for modules.
 */
export async function resolvePeer(name: string, folders: readonly string[]): Promise<URL | undefined> {
  for (const start of folders) {
    for (let folder = start; ; folder = dirname(folder)) {
      const entry = await entryOf(join(folder, "node_modules", name));
      if (entry !== undefined) return entry;
      if (dirname(folder) === folder) break;
    }
  }
  return undefined;
}

async function entryOf(folder: string): Promise<URL | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
      exports?: unknown;
      main?: string;
    };
    const target = exportedEntry(manifest.exports) ?? manifest.main ?? "index.js";
    // With pnpm the folder is a link, and what the package imports itself stands beside the real one.
    return pathToFileURL(await realpath(join(folder, target)));
  } catch {
    return undefined;
  }
}

/** `exports` is a path, conditions, or subpaths whose `.` is one of the two. */
function exportedEntry(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (typeof exports !== "object" || exports === null) return undefined;
  const entries = exports as Readonly<Record<string, unknown>>;
  if ("." in entries) return exportedEntry(entries["."]);
  for (const [condition, target] of Object.entries(entries)) {
    if (!["node", "import", "module-sync", "default"].includes(condition)) continue;
    const found = exportedEntry(target);
    if (found !== undefined) return found;
  }
  return undefined;
}
