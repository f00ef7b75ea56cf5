import { resolve } from "node:path";
import { watch } from "chokidar";
import type { Closable } from "./closers.ts";
import type { Orchestrator } from "./orchestrator.ts";

/** Changes that come within this time, in milliseconds, are one. */
const debounce = 150;
/** What tools write and what no service is started again for. */
const ignored =
  /(?:^|[/\\])(?:node_modules|\.git|\.dext|dist|build|coverage|\.cache|\.next|\.vite)(?:[/\\]|$)/;

/** Starts resources again when their files change, each on its own; those that depend on them where that was asked for. */
export function watchResources(orchestrator: Orchestrator): Closable {
  const watched = [...orchestrator.context.resources.values()].flatMap((resource) => {
    const { watch: asked } = resource;
    return asked === undefined ? [] : [{ name: resource.name, ...asked }];
  });
  const closers = watched.map(({ name, paths, dependents }) =>
    watchPaths(
      paths.map((path) => resolve(orchestrator.context.model.directory, path)),
      (changed) => void restart(orchestrator, { name, dependents, changed }),
    ),
  );
  return { close: () => Promise.all(closers.map((closer) => closer.close())) };
}

function watchPaths(paths: readonly string[], onChange: (changed: readonly string[]) => void): Closable {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch([...paths], { ignoreInitial: true, ignored: (path) => isIgnored(path, paths) });
  watcher.on("all", (_event, path) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changed];
      changed = new Set();
      onChange(files);
    }, debounce);
  });
  return {
    close() {
      clearTimeout(timer);
      return watcher.close();
    },
  };
}

/** A folder that was asked for by name is watched, whatever it is called. */
function isIgnored(path: string, roots: readonly string[]): boolean {
  const root = roots.find((each) => path === each || path.startsWith(`${each}/`));
  return root !== undefined && ignored.test(path.slice(root.length));
}

async function restart(
  orchestrator: Orchestrator,
  { name, dependents, changed }: { name: string; dependents: boolean; changed: readonly string[] },
): Promise<void> {
  if (orchestrator.state === "Stopping" || orchestrator.state === "Stopped") return;
  const [first] = changed;
  const others = changed.length > 1 ? ` and ${changed.length - 1} more` : "";
  const names = [name, ...(dependents ? orchestrator.dependentsOf(name) : [])];
  for (const each of names) {
    const because = each === name ? `${first}${others} changed` : `"${name}" starts again`;
    orchestrator.context.logs.sink(each, 0).system(`starts again: ${because}`);
  }
  await Promise.all(
    names.flatMap((each) => orchestrator.tasksOf(each).map((task) => task.restart({ isByHand: false }))),
  );
}
