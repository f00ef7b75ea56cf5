import { basename, dirname } from "node:path";
import type { ConfigWatch, WatchContext } from "../definition/provider.ts";
import { signatureOf, watchDirectory } from "./watch-directory.ts";

/**
 * The files of a layer. They are looked at before they are read: other layers may take long to load, and a watch that
 * begins only then would miss what has changed since.
 */
export class WatchedFiles {
  #beforeLoad: string | undefined;

  /** To be called before a load reads the files. */
  async look(paths: readonly string[]): Promise<void> {
    this.#beforeLoad = await signatureOf(paths);
  }

  /** One watch for files that may stand in several directories. */
  watch(paths: readonly string[], context: WatchContext): ConfigWatch {
    const namesByDirectory = new Map<string, string[]>();
    for (const path of paths) {
      const directory = dirname(path);
      const names = namesByDirectory.get(directory) ?? [];
      namesByDirectory.set(directory, [...names, basename(path)]);
    }
    const watches = [...namesByDirectory].map(([directory, names]) =>
      watchDirectory(directory, { context, names }),
    );
    return this.#sinceLoad(paths, { context, watches });
  }

  /** A watch for whatever stands in a directory. */
  watchWhole(directory: string, context: WatchContext): ConfigWatch {
    return this.#sinceLoad([directory], { context, watches: [watchDirectory(directory, { context })] });
  }

  #sinceLoad(
    paths: readonly string[],
    { context, watches }: { context: WatchContext; watches: readonly ConfigWatch[] },
  ): ConfigWatch {
    let closed = false;
    void signatureOf(paths).then((now) => {
      if (!closed && this.#beforeLoad !== undefined && now !== this.#beforeLoad) context.onChange();
    });
    return {
      async close() {
        closed = true;
        for (const each of watches) await each.close();
      },
    };
  }
}
