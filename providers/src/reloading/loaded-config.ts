import { configError } from "../config-error.ts";
import type { ConfigDefinition } from "../definition/define-config.ts";
import type { LoadContext } from "../definition/provider.ts";
import { buildCandidate } from "../loading/build-candidate.ts";
import type { SourceStatus } from "../loading/layer-source.ts";
import type { StartedLayer } from "../loading/start-layers.ts";
import { diffTrees, touches } from "../snapshot/diff.ts";
import type { ConfigChange } from "../snapshot/diff.ts";
import { explainPath } from "../snapshot/explain.ts";
import type { Explanation } from "../snapshot/explain.ts";
import { createSnapshot, hashOf, movedSnapshot, secretTest } from "../snapshot/snapshot.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { variablesOf } from "../snapshot/variables.ts";
import type { ConfigVariable } from "../snapshot/variables.ts";
import { parsePath, sameKey } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { findNode } from "../tree/config-tree.ts";
import type { ChangeListener, Config, ConfigEvent } from "./config.ts";
import { LiveLayers } from "./live-layers.ts";
import { ReloadSchedule } from "./reload-schedule.ts";

/** What a loaded configuration starts from. */
export interface LoadedConfigOptions {
  definition: ConfigDefinition;
  context: Omit<LoadContext, "signal">;
  layers: readonly StartedLayer[];
  snapshot: Snapshot;
}

/** The engine behind {@link Config}. */
export class LoadedConfig implements Config {
  readonly #definition: ConfigDefinition;
  readonly #context: Omit<LoadContext, "signal">;
  readonly #layers: LiveLayers;
  readonly #schedule: ReloadSchedule;
  readonly #eventListeners = new Set<(event: ConfigEvent) => void>();
  readonly #changeListeners = new Set<{ path: ConfigPath; listener: ChangeListener }>();
  #snapshot: Snapshot;
  #invalid: string | undefined;
  #closed: Promise<void> | undefined;

  constructor({ definition, context, layers, snapshot }: LoadedConfigOptions) {
    this.#definition = definition;
    this.#context = context;
    this.#snapshot = snapshot;
    this.#schedule = new ReloadSchedule({
      clock: context.clock,
      debounce: definition.debounce,
      reload: (dirty) => this.#reload(dirty),
    });
    this.#layers = new LiveLayers({
      definition,
      context,
      layers,
      request: (layer, milliseconds) => this.#schedule.request(layer, milliseconds),
      tell: (event) => this.#emit(event),
    });
  }

  get value(): unknown {
    return this.#snapshot.value;
  }

  get generation(): number {
    return this.#snapshot.generation;
  }

  get hash(): string {
    return hashOf(this.#snapshot.text);
  }

  get sources(): readonly SourceStatus[] {
    return this.#layers.statuses;
  }

  get(path: string): string | undefined {
    const found = findNode(this.#snapshot.tree, path.split(":"));
    if (found?.node.kind !== "value" || found.node.value === null) return undefined;
    const { value } = found.node;
    return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(value);
  }

  explain(path: string): readonly Explanation[] {
    return explainPath(this.#snapshot, { path, isSecret: secretTest(this.#definition.secrets) });
  }

  diff(next: Config): readonly ConfigChange[] {
    if (!(next instanceof LoadedConfig)) throw new TypeError("Not a configuration that loadConfig() gave");
    const here = secretTest(this.#definition.secrets);
    const there = secretTest(next.#definition.secrets);
    return diffTrees(
      { previous: this.#snapshot.tree, next: next.#snapshot.tree },
      (path, node) => here(path, node) || there(path, node),
    );
  }

  variables(paths: readonly string[], { prefix = "" }: { prefix?: string } = {}): readonly ConfigVariable[] {
    const { shape } = this.#context;
    const isSecret = secretTest(this.#definition.secrets);
    return variablesOf(this.#snapshot, { paths, prefix, shape, isSecret });
  }

  onChange(pathOrListener: string | ChangeListener, listener?: ChangeListener): () => void {
    const entry =
      typeof pathOrListener === "string"
        ? { path: parsePath(pathOrListener), listener: listener as ChangeListener }
        : { path: [], listener: pathOrListener };
    this.#changeListeners.add(entry);
    return () => this.#changeListeners.delete(entry);
  }

  onEvent(listener: (event: ConfigEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  async reload(): Promise<void> {
    if (this.#closed !== undefined) throw configError("DEXT_CONFIG_CLOSED", "The configuration was closed");
    const errors = await this.#schedule.now(this.#layers.all);
    if (errors[0] !== undefined) throw errors[0];
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Watches the layers that are to be watched, and tries those again that did not answer. */
  startWatching(): Promise<void> {
    return this.#layers.watch();
  }

  /** Loads the given layers again and, when everything fits, replaces the snapshot. Gives what went wrong. */
  async #reload(dirty: readonly number[]): Promise<readonly Error[]> {
    const errors = [...(await this.#layers.reload(dirty))];
    const { trees, signal } = this.#layers;
    if (signal.aborted) return [signal.reason as Error];
    const { shape, clock } = this.#context;
    try {
      const validated = await buildCandidate(trees, { definition: this.#definition, shape, clock, signal });
      this.#becomeValid();
      this.#replaceSnapshot(validated);
    } catch (error) {
      if (signal.aborted) return [signal.reason as Error];
      this.#becomeInvalid(error as Error);
      errors.push(error as Error);
    }
    return errors;
  }

  #replaceSnapshot(validated: { output: unknown; tree: Snapshot["tree"] }): void {
    const previous = this.#snapshot;
    const { secrets } = this.#definition;
    const next = createSnapshot(validated, { generation: previous.generation + 1, declared: secrets });
    if (next.text === previous.text) {
      this.#snapshot = movedSnapshot(previous, next);
      return;
    }
    this.#snapshot = next;
    const changes = diffTrees({ previous: previous.tree, next: next.tree }, secretTest(secrets));
    this.#emit({ type: "changed", generation: next.generation, changes });
    // A copy: a listener may end itself and begin anew.
    for (const entry of new Set(this.#changeListeners)) {
      const { path, listener } = entry;
      const concerned = changes.filter((change) => touches(parsePath(change.path), path));
      if (concerned.length === 0 || !this.#changeListeners.has(entry)) continue;
      this.#call(() => listener(valueAt(next.value, path), valueAt(previous.value, path), concerned));
    }
  }

  #becomeValid(): void {
    if (this.#invalid === undefined) return;
    this.#invalid = undefined;
    this.#emit({ type: "recovered" });
  }

  #becomeInvalid(error: Error): void {
    if (this.#invalid === error.message) return;
    this.#invalid = error.message;
    this.#emit({ type: "failed", error });
  }

  #emit(event: ConfigEvent): void {
    for (const listener of new Set(this.#eventListeners)) {
      if (this.#eventListeners.has(listener)) this.#call(() => listener(event));
    }
  }

  /** A listener that throws, now or later, must not keep others from hearing, nor end the service. */
  #call(listener: () => unknown): void {
    const fail = (error: unknown): void =>
      this.#context.logger.error("A listener of the configuration threw an error", { error });
    try {
      const result = listener();
      if (result instanceof Promise) result.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  async #close(): Promise<void> {
    this.#layers.abort();
    await this.#schedule.close();
    await this.#layers.close();
    this.#eventListeners.clear();
    this.#changeListeners.clear();
  }
}

/** What stands at a path; of one with a `*`, which means many, what stands above that. */
function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    const names = Object.keys(value);
    const name = names.includes(key) ? key : names.find((each) => sameKey(each, key));
    if (name === undefined && key === "*") return value;
    if (name === undefined) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
