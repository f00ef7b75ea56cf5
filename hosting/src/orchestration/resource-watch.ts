import { resolve } from "node:path";
import { watch } from "chokidar";
import type { Closable } from "./closers.ts";
import type { Orchestrator } from "./orchestrator.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaTask } from "./replica-task.ts";

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
      // In the order of their names: that in which they are told changes from time to time.
      const files = [...changed].toSorted();
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
  const [first] = changed;
  const others = changed.length > 1 ? ` and ${changed.length - 1} more` : "";
  // One after another: a dependent that looks too early finds what it waits for at its end, and gives up.
  for (const each of [name, ...(dependents ? orchestrator.dependentsOf(name) : [])]) {
    const because = each === name ? `${first}${others} changed` : `"${name}" starts again`;
    const replicas = orchestrator.replicas().filter(({ resource }) => resource.name === each);
    const restarts = orchestrator.tasksOf(each).map(async (task, index) => {
      const replica = replicas[index];
      if (replica !== undefined) await restartReplica(replica, { orchestrator, task, because });
    });
    await Promise.all(restarts);
  }
}

async function restartReplica(
  replica: Replica,
  { orchestrator, task, because }: { orchestrator: Orchestrator; task: ReplicaTask; because: string },
): Promise<void> {
  const say = (text: string): void =>
    orchestrator.context.logs.sink(replica.resource.name, replica.index).system(text);
  const isWanted = (): boolean => {
    if (orchestrator.isEnding || !isKept(replica)) return false;
    say(`starts again: ${because}`);
    return true;
  };
  try {
    await task.restart({ isByHand: false, isWanted });
  } catch (error) {
    say(`could not be started again: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What was stopped by hand stays stopped, and what waits for others reads its changed files when it starts. */
function isKept({ state }: Replica): boolean {
  return ["Running", "Starting", "Restarting", "Exited", "FailedToStart"].includes(state);
}
