import type { FSWatcher } from "node:fs";
import { join } from "node:path";
import type { ConfigWatch, WatchContext } from "../definition/provider.ts";
import { fileSystem, statusOf } from "../file-system.ts";

/** What a watch is made from. */
export interface WatchDirectoryOptions {
  context: WatchContext;
  /** Names in the directory that matter; all when absent. */
  names?: readonly string[];
  /** Milliseconds between looks that do not rely on the system's notices, which network file systems do not send. */
  interval?: number;
}

/**
 * Tells when something in a directory changes. A directory is watched and never a file: editors and Kubernetes replace
 * files, and the watch of a file stays with the one that was replaced. A directory that is not there (yet) is looked for.
 *
 * Keeps no process alive.
 */
export function watchDirectory(directory: string, options: WatchDirectoryOptions): ConfigWatch {
  const { context, names, interval = 2_000 } = options;
  const { clock, onChange } = context;
  const paths = names === undefined ? [directory] : names.map((name) => join(directory, name));
  let closed = false;
  let watcher: FSWatcher | undefined;
  let seen: string | undefined;
  let timer = clock.setTimer(look, { milliseconds: interval, unref: true });

  /** The system's notices are fast, this look is sure. */
  function look(): void {
    void signatureOf(paths).then((signature) => {
      if (closed) return;
      if (seen !== undefined && signature !== seen) onChange();
      seen = signature;
      if (watcher === undefined) begin();
      timer = clock.setTimer(look, { milliseconds: interval, unref: true });
    });
  }

  function begin(): void {
    // A watch that fails leaves its handle to the collector of garbage.
    if (!fileSystem.existsSync(directory)) return;
    try {
      watcher = fileSystem.watch(directory, { persistent: false }, (_event, name) => {
        if (names === undefined || name === null || names.includes(name)) onChange();
      });
      watcher.on("error", end);
      watcher.unref?.();
    } catch {
      // The system has no watches left: looking goes on.
      end();
    }
  }

  function end(): void {
    watcher?.close();
    watcher = undefined;
  }

  begin();
  void signatureOf(paths).then((signature) => (seen ??= signature));
  return {
    close() {
      closed = true;
      timer.clear();
      end();
    },
  };
}

/** What tells one state of files from another without reading them. */
export async function signatureOf(paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async (path) => {
      try {
        const { ino, size, mtimeMs } = await statusOf(path);
        return `${ino}:${size}:${mtimeMs}`;
      } catch {
        return "absent";
      }
    }),
  );
  return parts.join("|");
}
