import type { Clock, Duration, Logger } from "@dext/core";
import type { Shape } from "../schema/shape.ts";
import type { ObjectNode, Origin } from "../tree/config-tree.ts";
import type { Permission } from "./permission.ts";

/** Something about a source that is worth knowing and stops nothing: a key that stands twice, a mount that never updates. */
export interface ConfigNote {
  readonly message: string;
  readonly origin?: Origin;
}

/** What a source holds at one moment. */
export interface LoadedSource {
  readonly tree: ObjectNode;
  readonly notes?: readonly ConfigNote[];
}

/** The surroundings in which a source is loaded. Everything that a provider could take from the process comes by it. */
export interface LoadContext {
  /** Aborted when the time is up and when the configuration is closed. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** A number from 0 to less than 1. */
  readonly random: () => number;
  readonly logger: Logger;
  /** What relative paths are relative to. */
  readonly directory: string;
  /** The name of the environment: `development`, `production` … */
  readonly environment: string;
  /** Environment variables; undefined: those of the process, as far as it may read them. */
  readonly variables: Readonly<Record<string, string | undefined>> | undefined;
  /** Arguments of the command line, without the program. */
  readonly args: readonly string[];
  /** What the schema wants, as far as it tells. */
  readonly shape: Shape | undefined;
}

/** The surroundings in which a source is watched. */
export interface WatchContext extends LoadContext {
  /** The source may have changed: it is loaded again soon, once for many calls. */
  readonly onChange: () => void;
  /** Watching failed; what was loaded stays in use. */
  readonly onError: (error: unknown) => void;
}

/** A watch that is under way. */
export interface ConfigWatch {
  close(): void | Promise<void>;
}

/**
 * A source of configuration. One instance belongs to one loaded configuration and may keep state.
 */
export interface ConfigProvider {
  /**
   * Reads the source whole.
   *
   * @returns undefined when the source is not there, which only a layer with `optional` allows.
   * @throws whatever else is wrong. `DEXT_CONFIG_SOURCE_UNAVAILABLE` (see {@link sourceUnavailable}) is tried again,
   * everything else is not.
   */
  load(context: LoadContext): Promise<LoadedSource | undefined>;
  /** What to say when the source is not there and has to be; absent: that it is not there. */
  missing?(context: Omit<LoadContext, "signal">): Error;
  /** Tells of changes until it is closed. Absent: this source cannot be watched. Must not keep the process alive. */
  watch?(context: WatchContext): ConfigWatch | Promise<ConfigWatch>;
  /** Gives up what it holds: connections, own tokens. Called once. */
  close?(): void | Promise<void>;
}

/** What can be said of every layer. */
export interface LayerOptions {
  /** It is fine when the source is not there. A source that is there and cannot be read is an error all the same. */
  optional?: boolean;
  /** Whether this source is watched, against what the definition says. */
  watch?: boolean;
  /** How long one load may take; 10 s when absent. */
  timeout?: Duration;
}

/** One layer of a definition: how to make its provider. Inert, and shared by all loads. */
export interface ConfigLayer extends Readonly<LayerOptions> {
  /** The kind of source: `file`, `env`, `vault` … */
  readonly provider: string;
  /** Which one, for a person: `config.yaml`, `APP__*`. */
  readonly label: string;
  create(): ConfigProvider;
  /**
   * What the source's system has to allow this layer, without asking it. Absent: nothing that can be granted there, as for
   * files and the environment.
   *
   * @param use `watch`: whether the layer is watched too, as {@link LayerOptions.watch} or the definition says.
   */
  permissions?(use: { readonly watch: boolean }): readonly Permission[];
}

/** Settings that a layer takes from the other layers. */
export interface LayerSettings {
  /** The value at a path as text, or undefined when no source that is loaded by then has it. */
  get(path: string): string | undefined;
  /** The value at a path as text; the layer waits until another source has it, and it is an error if none does. */
  require(path: string): string;
}

/** A layer that is made once others are loaded: `(settings) => vault({ address: settings.require("vault.address") })`. */
export type DependentLayer = (settings: LayerSettings) => ConfigLayer;
