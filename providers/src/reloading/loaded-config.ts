import type { ConfigReader } from "@dext/core";
import { configError } from "../config-error.ts";
import type { ConfigDefinition } from "../definition/define-config.ts";
import type { LoadContext } from "../definition/provider.ts";
import { isTransient, retryAfterOf } from "../definition/source-errors.ts";
import { buildCandidate } from "../loading/build-candidate.ts";
import { retryPause } from "../loading/layer-source.ts";
import type { SourceStatus } from "../loading/layer-source.ts";
import { remakeLayer } from "../loading/start-layers.ts";
import type { StartedLayer } from "../loading/start-layers.ts";
import { diffTrees, touches } from "../snapshot/diff.ts";
import type { ConfigChange } from "../snapshot/diff.ts";
import { explainPath } from "../snapshot/explain.ts";
import type { Explanation } from "../snapshot/explain.ts";
import { canonicalText, createSnapshot, hashOf, secretTest } from "../snapshot/snapshot.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { variablesOf } from "../snapshot/variables.ts";
import type { ConfigVariable } from "../snapshot/variables.ts";
import { parsePath, sameKey } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import { findNode } from "../tree/config-tree.ts";
import { ReloadSchedule } from "./reload-schedule.ts";

/** What happens to a loaded configuration. */
export type ConfigEvent =
  | { readonly type: "changed"; readonly generation: number; readonly changes: readonly ConfigChange[] }
  | { readonly type: "failed"; readonly error: Error; readonly source?: SourceStatus }
  | { readonly type: "recovered"; readonly source?: SourceStatus };

/** Called when what stands at a path has changed: with the new value, the one before, and what exactly differs. */
export type ChangeListener = (next: unknown, previous: unknown, changes: readonly ConfigChange[]) => void;

/** A loaded configuration. */
export interface Config<Value = unknown> extends ConfigReader {
  /** The values: frozen, and replaced as a whole by a reload. Do not keep parts of it where changes matter. */
  readonly value: Value;
  /** 1 after the load, one more with each reload that changed something. */
  readonly generation: number;
  /** Equal for equal values; only comparable within one process. */
  readonly hash: string;
  /** How each layer is doing, lowest first. */
  readonly sources: readonly SourceStatus[];
  /** Where the values at and below a path come from, and what they hide in lower layers. */
  explain(path: string): readonly Explanation[];
  /** What differs in another configuration from this one, secrets masked. */
  diff(next: Config): readonly ConfigChange[];
  /**
   * The values at and below these paths (`"db.*"`, `"*"`) as environment variables for a program that is started: `db.host`
   * is `DB__HOST`, with `prefix` before it. The layer `env()` makes the same values of them again.
   *
   * @throws DextError `DEXT_CONFIG_PATH_INVALID`, `DEXT_CONFIG_VARIABLE_IMPOSSIBLE`
   */
  variables(paths: readonly string[], options?: { prefix?: string }): readonly ConfigVariable[];
  /** Calls the listener after every reload that changed something at or below the path, or anything without one. Gives the function that ends it. */
  onChange(listener: ChangeListener): () => void;
  onChange(path: string, listener: ChangeListener): () => void;
  /** Calls the listener with everything that happens: changes, failures (the last good values stay), recoveries. */
  onEvent(listener: (event: ConfigEvent) => void): () => void;
  /** Loads all sources again now. Bad values are told as an event and as an error; the last good ones stay in use. */
  reload(): Promise<void>;
  /** Ends watching and gives up what the sources hold. The values stay readable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

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
  readonly #layers: StartedLayer[];
  readonly #schedule: ReloadSchedule;
  readonly #closing = new AbortController();
  readonly #eventListeners = new Set<(event: ConfigEvent) => void>();
  readonly #changeListeners = new Set<{ path: ConfigPath; listener: ChangeListener }>();
  readonly #attempts = new Map<number, number>();
  #snapshot: Snapshot;
  #invalid: string | undefined;
  #closed: Promise<void> | undefined;

  constructor({ definition, context, layers, snapshot }: LoadedConfigOptions) {
    this.#definition = definition;
    this.#context = context;
    this.#layers = [...layers];
    this.#snapshot = snapshot;
    this.#schedule = new ReloadSchedule({
      clock: context.clock,
      debounce: definition.debounce,
      reload: (dirty) => this.#reload(dirty),
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
    return this.#layers.map(({ source }) => source.status);
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
    const errors = await this.#schedule.now(this.#layers.map((_, at) => at));
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
  async startWatching(): Promise<void> {
    await Promise.all(this.#layers.map((_, at) => this.#watchLayer(at)));
  }

  async #watchLayer(at: number): Promise<void> {
    const started = this.#layers[at];
    if (started === undefined || !this.#isWatched(started)) return;
    await started.source.watch({
      onChange: () => this.#schedule.request(at),
      onError: (error) => this.#emit({ type: "failed", error, source: started.source.status }),
    });
    if (started.source.status.error !== undefined) this.#tryAgain(at, started.source.status.error);
  }

  #isWatched({ source }: StartedLayer): boolean {
    return source.layer.watch ?? this.#definition.watch;
  }

  /** Loads the given layers again and, when everything fits, replaces the snapshot. Gives what went wrong. */
  async #reload(dirty: readonly number[]): Promise<readonly Error[]> {
    const errors = (await Promise.all(dirty.map((at) => this.#reloadLayer(at)))).filter(
      (each) => each !== undefined,
    );
    await this.#remakeDependents();
    if (this.#closing.signal.aborted) return errors;
    const { shape, clock } = this.#context;
    const trees = this.#layers.map(({ source }) => source.tree).filter((tree) => tree !== undefined);
    try {
      const validated = await buildCandidate(trees, { definition: this.#definition, shape, clock });
      this.#becomeValid();
      this.#replaceSnapshot(validated);
    } catch (error) {
      this.#becomeInvalid(error as Error);
      errors.push(error as Error);
    }
    return errors;
  }

  async #reloadLayer(at: number): Promise<Error | undefined> {
    const source = this.#layers[at]?.source;
    if (source === undefined || this.#closing.signal.aborted) return undefined;
    const before = source.status.error;
    const error = await source.load(this.#closing.signal);
    if (this.#closing.signal.aborted) return undefined;
    if (error !== undefined) {
      // The same complaint again is no news.
      if (before?.message !== error.message) this.#emit({ type: "failed", error, source: source.status });
      this.#tryAgain(at, error);
    } else {
      this.#attempts.delete(at);
      if (before !== undefined) this.#emit({ type: "recovered", source: source.status });
    }
    return error;
  }

  /** A watch may not tell when a source answers again. */
  #tryAgain(at: number, error: Error): void {
    const started = this.#layers[at];
    if (!isTransient(error) || started === undefined || !this.#isWatched(started)) return;
    const attempt = (this.#attempts.get(at) ?? 0) + 1;
    this.#attempts.set(at, attempt);
    const pause = retryPause(attempt + 2, this.#context.random);
    this.#schedule.requestIn(at, Math.max(pause, retryAfterOf(error)));
  }

  async #remakeDependents(): Promise<void> {
    for (const at of this.#layers.keys()) {
      const remade = remakeLayer(this.#definition, { at, started: this.#layers, context: this.#context });
      if (remade === undefined) continue;
      const error = await remade.source.load(this.#closing.signal);
      if (error !== undefined) {
        // The one that was made from the old settings stays in use.
        this.#emit({ type: "failed", error, source: remade.source.status });
        await remade.source.close();
        continue;
      }
      const old = this.#layers[at];
      this.#layers[at] = remade;
      await old?.source.close();
      await this.#watchLayer(at);
    }
  }

  #replaceSnapshot(validated: { output: unknown; tree: Snapshot["tree"] }): void {
    const previous = this.#snapshot;
    if (canonicalText(validated.tree) === previous.text) return;
    const { secrets } = this.#definition;
    const next = createSnapshot(validated, { generation: previous.generation + 1, declared: secrets });
    this.#snapshot = next;
    const changes = diffTrees({ previous: previous.tree, next: next.tree }, secretTest(secrets));
    this.#emit({ type: "changed", generation: next.generation, changes });
    for (const { path, listener } of this.#changeListeners) {
      const concerned = changes.filter((change) => touches(parsePath(change.path), path));
      if (concerned.length === 0) continue;
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
    for (const listener of this.#eventListeners) this.#call(() => listener(event));
  }

  /** A listener that throws must not keep others from hearing. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#context.logger.error("A listener of the configuration threw an error", { error });
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort(configError("DEXT_CONFIG_CLOSED", "The configuration was closed"));
    await this.#schedule.close();
    await Promise.allSettled(this.#layers.map(({ source }) => source.close()));
    this.#eventListeners.clear();
    this.#changeListeners.clear();
  }
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    const names = Object.keys(value);
    const name = names.includes(key) ? key : names.find((each) => sameKey(each, key));
    if (name === undefined) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
