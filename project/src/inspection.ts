import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { isDextError } from "@dext/core";
import type { ProjectWarning } from "./description.ts";
import { projectError } from "./project-error.ts";

/** Manifests are small; a file beyond this is not read. */
const largestFile = 64 * 1024 * 1024;

export interface InspectionOptions {
  signal?: AbortSignal | undefined;
}

/**
 * One look at a folder: reads files and folder listings once each, and gathers the warnings on the way.
 *
 * Paths that it takes are absolute; those that it shows are relative to the folder, with forward slashes.
 */
export class Inspection {
  readonly directory: string;
  readonly #signal: AbortSignal | undefined;
  readonly #warnings: ProjectWarning[] = [];
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #listings = new Map<string, Promise<ReadonlyMap<string, "file" | "directory" | "other">>>();

  constructor(directory: string, options: InspectionOptions) {
    this.directory = directory;
    this.#signal = options.signal;
  }

  get warnings(): readonly ProjectWarning[] {
    return this.#warnings;
  }

  warn(warning: ProjectWarning): void {
    const known = this.#warnings.some(
      ({ code, message, file }) =>
        code === warning.code && message === warning.message && file === warning.file,
    );
    if (!known) this.#warnings.push(warning);
  }

  /** How a file is named in findings, warnings and messages. */
  show(path: string): string {
    return relative(this.directory, path).split(sep).join("/") || ".";
  }

  /** The text of a file; nothing when there is no such file. */
  readText(path: string): Promise<string | undefined> {
    this.#signal?.throwIfAborted();
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = readTextFile(path);
      this.#texts.set(path, text);
    }
    return text;
  }

  /** The text of a file that is no more than helpful: one that cannot be read becomes a warning. */
  readHelpfulText(path: string): Promise<string | undefined> {
    return this.tolerate(() => this.readText(path));
  }

  /** Reads something that is not the project's own: a failure becomes a warning, and the answer is nothing. */
  async tolerate<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (!isDextError(error)) throw error;
      const { path, line } = error.details;
      this.warn({
        code: "file-ignored",
        message: `It is ignored: ${error.message}`,
        ...(typeof path === "string" ? { file: this.show(path) } : {}),
        ...(typeof line === "number" ? { line } : {}),
      });
      return undefined;
    }
  }

  /** What a folder holds by name; nothing is in a folder that does not exist or cannot be read. */
  list(directory: string): Promise<ReadonlyMap<string, "file" | "directory" | "other">> {
    this.#signal?.throwIfAborted();
    let listing = this.#listings.get(directory);
    if (listing === undefined) {
      listing = listDirectory(directory);
      this.#listings.set(directory, listing);
    }
    return listing;
  }

  /** Whether a path below the folder is a file; a symbolic link counts as what it may point to. */
  async hasFile(path: string): Promise<boolean> {
    const { directory, name } = splitPath(path);
    const kind = (await this.list(directory)).get(name);
    return kind === "file" || kind === "other";
  }

  /** The first of some paths, relative to the folder, where a file is. */
  async firstFileAt(paths: readonly string[]): Promise<string | undefined> {
    for (const path of paths) if (await this.hasFile(join(this.directory, path))) return path;
    return undefined;
  }

  /** The first of some file names that a folder holds. */
  async firstFile(names: readonly string[], directory: string = this.directory): Promise<string | undefined> {
    for (const name of names) if (await this.hasFile(join(directory, name))) return name;
    return undefined;
  }
}

async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readRegularFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === undefined || code.startsWith("DEXT_")) throw error;
    throw projectError("DEXT_PROJECT_FILE_UNREADABLE", `Cannot read "${path}": ${code}`, {
      hint: "Check who owns the file and who may read it.",
      cause: error,
      details: { path },
    });
  }
}

async function readRegularFile(path: string): Promise<string> {
  // Not blocking: a named pipe called package.json would keep a plain open waiting for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw projectError("DEXT_PROJECT_FILE_UNREADABLE", `Not a file: "${path}"`, { details: { path } });
    }
    if (stats.size > largestFile) {
      throw projectError(
        "DEXT_PROJECT_FILE_UNREADABLE",
        `"${path}" has ${stats.size} bytes, at most ${largestFile} are read`,
        { details: { path, size: stats.size } },
      );
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

async function listDirectory(
  directory: string,
): Promise<ReadonlyMap<string, "file" | "directory" | "other">> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return new Map(
      entries.map((entry) => [
        entry.name,
        entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "other",
      ]),
    );
  } catch {
    return new Map();
  }
}

function splitPath(path: string): { directory: string; name: string } {
  return { directory: dirname(path), name: basename(path) };
}
