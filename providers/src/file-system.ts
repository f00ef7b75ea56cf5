import type { Stats } from "node:fs";

/**
 * The file system by callbacks, and not by an import: that of `node:fs` or `node:fs/promises` lists all that they export, for
 * which Node loads forty modules, those of streams and of readline among them. It would be a third of each start.
 */
export const fileSystem: typeof import("node:fs") = process.getBuiltinModule("node:fs");

/** Reads a whole file as UTF-8. */
export function readText(path: string, { signal }: { signal: AbortSignal }): Promise<string> {
  return new Promise((resolve, reject) => {
    fileSystem.readFile(path, { encoding: "utf8", signal }, (error, text) =>
      error === null ? resolve(text) : reject(error),
    );
  });
}

/** What is known of a file without reading it. */
export function statusOf(path: string): Promise<Stats> {
  return new Promise((resolve, reject) => {
    fileSystem.stat(path, (error, status) => (error === null ? resolve(status) : reject(error)));
  });
}
