import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type {
  ConfigNote,
  ConfigProvider,
  ConfigWatch,
  LoadContext,
  LoadedSource,
  WatchContext,
} from "../definition/provider.ts";
import type { ObjectNode, Origin } from "../tree/config-tree.ts";
import { WatchedFiles } from "../watching/watched-files.ts";
import { kubernetesVolumeError } from "./kubernetes-volume-error.ts";
import { treeOfEntries } from "./tree-of-entries.ts";
import type { KubernetesEntry } from "./tree-of-entries.ts";

/** Which volume. */
export interface VolumeSource {
  path: string;
  /** Its values are secrets. */
  secret: boolean;
}

/** Reads a mounted ConfigMap or Secret, and watches it. */
export class KubernetesVolumeProvider implements ConfigProvider {
  readonly #source: VolumeSource;
  readonly #files = new WatchedFiles();

  constructor(source: VolumeSource) {
    this.#source = source;
  }

  async load(context: LoadContext): Promise<LoadedSource | undefined> {
    await this.#files.look([resolve(context.directory, this.#source.path)]);
    return loadVolume(context, this.#source);
  }

  watch(context: WatchContext): ConfigWatch {
    return this.#files.watchWhole(resolve(context.directory, this.#source.path), context);
  }
}

async function loadVolume(context: LoadContext, source: VolumeSource): Promise<LoadedSource | undefined> {
  const volume = resolve(context.directory, source.path);
  const kind = await kindOf(volume);
  if (kind === undefined) return undefined;
  const notes: ConfigNote[] = [];
  if (kind === "file") {
    notes.push(neverUpdates(source, "is a single file, so it was mounted by subPath"));
    return { tree: await readFiles([volume], { context, source, root: volume }), notes };
  }
  // A swap may remove the state that is being read: then the next one is read whole.
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { root, swapped } = await presentState(volume);
      if (!swapped && notes.length === 0) {
        notes.push(
          neverUpdates(source, 'has no "..data" link, so it was mounted by subPath or is a plain folder'),
        );
      }
      const names = (await readdir(root)).filter((name) => !name.startsWith("..")).toSorted();
      const paths = names.map((name) => join(root, name));
      return { tree: await readFiles(paths, { context, source, root }), notes };
    } catch (error) {
      const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!gone || attempt === 5) throw unreadable(volume, error);
    }
  }
}

/** `..data` → `..2026_03_01_12_00_00.123456789`, where the files of the present state are. */
async function presentState(volume: string): Promise<{ root: string; swapped: boolean }> {
  try {
    return { root: await realpath(join(volume, "..data")), swapped: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { root: volume, swapped: false };
  }
}

async function readFiles(
  paths: readonly string[],
  { context, source, root }: { context: LoadContext; source: VolumeSource; root: string },
): Promise<ObjectNode> {
  const entries: KubernetesEntry[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isFile()) continue;
    const bytes = await readFile(path, { signal: context.signal });
    const shown = path === root ? source.path : join(source.path, basename(path));
    entries.push({ name: basename(path), bytes, shown, details: { file: shown } });
  }
  const { secret } = source;
  const origin: Origin = { provider: "kubernetes-volume", location: source.path };
  return treeOfEntries(entries, { origin, secret, shape: context.shape, unwantedBytes });
}

function unwantedBytes({ shown }: KubernetesEntry): Error {
  return kubernetesVolumeError(
    "DEXT_CONFIG_VOLUME_BINARY",
    `The file "${shown}" holds bytes that are no text, and the schema does not want bytes there`,
    { hint: "Let the schema want a Uint8Array there, or mount text.", details: { file: shown } },
  );
}

async function kindOf(volume: string): Promise<"file" | "directory" | undefined> {
  try {
    return (await stat(volume)).isDirectory() ? "directory" : "file";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(volume, error);
  }
}

function neverUpdates({ path }: VolumeSource, why: string): ConfigNote {
  return {
    message: `The volume "${path}" will not update while the container runs: it ${why}`,
    origin: { provider: "kubernetes-volume", location: path },
  };
}

function unreadable(volume: string, cause: unknown): Error {
  if ((cause as { code?: unknown }).code?.toString().startsWith("DEXT_") === true) return cause as Error;
  return kubernetesVolumeError(
    "DEXT_CONFIG_VOLUME_UNREADABLE",
    `The volume "${volume}" is there and cannot be read: ${(cause as Error).message}`,
    { hint: "Look at the rights of the mounted files and at fsGroup.", cause, details: { volume } },
  );
}
