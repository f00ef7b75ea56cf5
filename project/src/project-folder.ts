import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nearestName } from "@dext/core";
import type { DextError } from "@dext/core";
import { commonEntryPoints } from "./entry-point.ts";
import { isSourceFile } from "./program-file.ts";
import type { Inspection } from "./inspection.ts";
import { projectError } from "./project-error.ts";

/** Files of other worlds, to say what was found instead. */
const foreignManifests: ReadonlyMap<string, string> = new Map([
  ["go.mod", "Go"],
  ["Cargo.toml", "Rust"],
  ["pyproject.toml", "Python"],
  ["requirements.txt", "Python"],
  ["pom.xml", "Java"],
  ["build.gradle", "Java"],
  ["Gemfile", "Ruby"],
  ["composer.json", "PHP"],
]);

/**
 * Makes sure that a project's folder is a folder that can be read.
 *
 * @throws DextError `DEXT_PROJECT_FOLDER_MISSING`, `DEXT_PROJECT_FOLDER_NOT_DIRECTORY`, `DEXT_PROJECT_FILE_UNREADABLE`.
 */
export async function requireFolder(directory: string): Promise<void> {
  try {
    const stats = await stat(directory);
    if (!stats.isDirectory()) throw notDirectory(directory);
    await readdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw await missingFolder(directory);
    if (code === "ENOTDIR") throw notDirectory(directory);
    if (code === undefined || code.startsWith("DEXT_")) throw error;
    throw projectError("DEXT_PROJECT_FILE_UNREADABLE", `Cannot read the folder "${directory}": ${code}`, {
      hint: "Check the path, who owns the folder and who may read it.",
      cause: error,
      details: { path: directory },
    });
  }
}

/** The error for a folder that holds no project, with what was looked for and what is there instead. */
export async function nothingFound(inspection: Inspection): Promise<DextError> {
  const { directory } = inspection;
  const listing = await inspection.list(directory);
  const looked = [
    "package.json",
    "deno.json",
    "deno.jsonc",
    ...commonEntryPoints("node").slice(0, 1),
    "main.ts",
    "index.js",
  ];
  const message = `Nothing to run is recognised in "${directory}": looked for ${looked.join(", ")} and the like`;
  return projectError("DEXT_PROJECT_NOTHING_FOUND", message, {
    hint: await suggestion(inspection, listing),
    details: { directory, entries: [...listing.keys()].toSorted().slice(0, 50) },
  });
}

async function missingFolder(directory: string): Promise<DextError> {
  const existing = await nearestExisting(dirname(directory));
  const missing = directory.slice(existing.length).split(/[\\/]/).find(Boolean) ?? basename(directory);
  const near = nearestName(missing, await folderNames(existing));
  const hint =
    near === undefined
      ? `"${existing}" exists and holds nothing of that name.`
      : `Did you mean "${join(existing, near)}"?`;
  return projectError("DEXT_PROJECT_FOLDER_MISSING", `The folder "${directory}" does not exist`, {
    hint,
    details: { directory, ...(near === undefined ? {} : { nearest: join(existing, near) }) },
  });
}

function notDirectory(directory: string): DextError {
  const isSource = isSourceFile(directory);
  return projectError(
    "DEXT_PROJECT_FOLDER_NOT_DIRECTORY",
    `"${directory}" is a file, wanted the folder of a project`,
    {
      hint: isSource
        ? `Give the folder "${dirname(directory)}", and the file as its entry point.`
        : `Give the folder "${dirname(directory)}".`,
      details: { directory },
    },
  );
}

async function suggestion(
  inspection: Inspection,
  listing: ReadonlyMap<string, "file" | "directory" | "other">,
): Promise<string> {
  for (const [name, language] of foreignManifests) {
    if (listing.has(name))
      return `"${name}" belongs to ${language}: add the program as an executable instead.`;
  }
  const folders: string[] = [];
  for (const [name, kind] of listing) {
    if (kind !== "directory" || name === "node_modules" || folders.length >= 5) continue;
    const manifest = await inspection.firstFile(
      ["package.json", "deno.json", "deno.jsonc"],
      join(inspection.directory, name),
    );
    if (manifest !== undefined) folders.push(`"${name}"`);
  }
  return folders.length > 0
    ? `There are projects in these folders below it: ${folders.join(", ")}.`
    : "Give the folder that holds package.json, deno.json or the program's file.";
}

async function nearestExisting(directory: string): Promise<string> {
  let current = directory;
  for (;;) {
    const parent = dirname(current);
    if (parent === current || (await stat(current).catch(() => undefined))?.isDirectory() === true)
      return current;
    current = parent;
  }
}

async function folderNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
}
