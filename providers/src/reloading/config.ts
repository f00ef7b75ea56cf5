import type { ConfigReader } from "@dext/core";
import type { SourceStatus } from "../loading/layer-source.ts";
import type { ConfigChange } from "../snapshot/diff.ts";
import type { Explanation } from "../snapshot/explain.ts";
import type { ConfigVariable } from "../snapshot/variables.ts";

/** What happens to a loaded configuration. */
export type ConfigEvent =
  | { readonly type: "changed"; readonly generation: number; readonly changes: readonly ConfigChange[] }
  | { readonly type: "failed"; readonly error: Error; readonly source?: SourceStatus }
  | { readonly type: "recovered"; readonly source?: SourceStatus };

/**
 * Called when what stands at a path has changed: with the new value, the one before, and what exactly differs. What it
 * throws, or a promise that it gives rejects with, goes to the logger.
 */
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
  /**
   * Calls the listener after every reload that changed something at or below the path, or anything without one. Of a path
   * with a `*` (`"db.*"`) it is given the values of what stands above that (`db`). Gives the function that ends it.
   */
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
