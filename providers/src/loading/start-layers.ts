import { configError } from "../config-error.ts";
import type { ConfigDefinition } from "../definition/define-config.ts";
import type { ConfigLayer, LayerSettings, LoadContext } from "../definition/provider.ts";
import { secretTest } from "../snapshot/snapshot.ts";
import { formatPath, parsePath } from "../tree/config-path.ts";
import { mergeTrees } from "../tree/merge.ts";
import { resolveAt } from "../tree/resolve-references.ts";
import { LayerSource } from "./layer-source.ts";
import { mergeOptions } from "./build-candidate.ts";

/** A layer in its place, with the settings that it was made from. */
export interface StartedLayer {
  readonly source: LayerSource;
  /** What a dependent layer asked for, as it stood when the layer was made. */
  readonly settings: ReadonlyMap<string, string | undefined>;
}

/** What layers are started with. */
export interface StartOptions {
  context: Omit<LoadContext, "signal">;
  /** The caller's, who gives the load up by it. */
  signal: AbortSignal | undefined;
}

/**
 * Makes and loads all layers, as parallel as their settings allow: first those that need none, then round by round those
 * whose settings the loaded ones have. What comes out depends on the order of the layers only.
 *
 * Closes everything again when it fails.
 *
 * @throws what the first layer that failed threw; `DEXT_CONFIG_SETTINGS_MISSING`, `DEXT_CONFIG_SETTINGS_CYCLE`
 */
export async function startLayers(
  definition: ConfigDefinition,
  options: StartOptions,
): Promise<readonly StartedLayer[]> {
  const started: (StartedLayer | undefined)[] = definition.layers.map(() => undefined);
  // One that fails ends the wait for the others.
  const giveUp = new AbortController();
  const signal =
    options.signal === undefined ? giveUp.signal : AbortSignal.any([options.signal, giveUp.signal]);
  try {
    for (;;) {
      const ready = makeReady(definition, { started, context: options.context });
      if (ready.length === 0) break;
      for (const { at, layer } of ready) started[at] = layer;
      await Promise.allSettled(
        ready.map(({ layer }) =>
          layer.source
            .start({ budget: definition.startTimeout, signal })
            .catch((error: unknown) => giveUp.abort(error)),
        ),
      );
      giveUp.signal.throwIfAborted();
    }
    return started.filter((each) => each !== undefined);
  } catch (error) {
    await Promise.allSettled(started.flatMap((each) => each?.source.close() ?? []));
    throw error;
  }
}

/**
 * Makes a dependent layer anew where a setting that it was made from has changed; undefined where none has.
 *
 * @throws `DEXT_CONFIG_SETTINGS_MISSING` where one has gone, and what the code that makes the layer throws
 */
export function remakeLayer(
  definition: ConfigDefinition,
  {
    at,
    started,
    context,
  }: { at: number; started: readonly StartedLayer[]; context: StartOptions["context"] },
): StartedLayer | undefined {
  const present = started[at];
  if (present === undefined || present.settings.size === 0) return undefined;
  const view = viewOf(definition, started, context);
  const same = [...present.settings].every(([path, value]) => view(path) === value);
  if (same) return undefined;
  const layer = definition.layers[at];
  if (typeof layer !== "function") return undefined;
  const { made, missing } = make(layer, { view, context });
  if (made === undefined) throw stuck([{ at, path: missing }]);
  return made;
}

type View = (path: string) => string | undefined;

interface Ready {
  at: number;
  layer: StartedLayer;
}

function makeReady(
  definition: ConfigDefinition,
  { started, context }: { started: readonly (StartedLayer | undefined)[]; context: StartOptions["context"] },
): Ready[] {
  const ready: Ready[] = [];
  const waiting: { at: number; path: string }[] = [];
  const view = viewOf(definition, started, context);
  const firstRound = started.every((each) => each === undefined);
  for (const [at, layer] of definition.layers.entries()) {
    if (started[at] !== undefined) continue;
    if (typeof layer !== "function") {
      ready.push({ at, layer: { source: new LayerSource(layer, context), settings: new Map() } });
    } else if (!firstRound || definition.layers.every((each) => typeof each === "function")) {
      const { made, missing } = make(layer, { view, context });
      if (made === undefined) waiting.push({ at, path: missing });
      else ready.push({ at, layer: made });
    }
  }
  if (ready.length === 0 && waiting.length > 0) throw stuck(waiting);
  return ready;
}

function make(
  dependent: (settings: LayerSettings) => ConfigLayer,
  { view, context }: { view: View; context: StartOptions["context"] },
): { made: StartedLayer; missing?: never } | { made?: never; missing: string } {
  const asked = new Map<string, string | undefined>();
  const get = (path: string): string | undefined => {
    const value = view(path);
    asked.set(path, value);
    return value;
  };
  const require = (path: string): string => {
    const value = get(path);
    if (value === undefined) throw new SettingMissing(path);
    return value;
  };
  try {
    return { made: { source: new LayerSource(dependent({ get, require }), context), settings: asked } };
  } catch (error) {
    if (error instanceof SettingMissing) return { missing: error.path };
    throw error;
  }
}

/** Thrown through the code that makes a layer, to stop it until the setting is there. */
class SettingMissing extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`The setting "${path}" is not known yet`);
    this.path = path;
  }
}

function viewOf(
  definition: ConfigDefinition,
  started: readonly (StartedLayer | undefined)[],
  { shape }: StartOptions["context"],
): View {
  const trees = started.map((each) => each?.source.tree).filter((tree) => tree !== undefined);
  const merged = mergeTrees(trees, mergeOptions(definition, shape));
  const isSecret = secretTest(definition.secrets);
  return (path) => {
    const found = resolveAt(merged, parsePath(path), { isSecret: (at) => isSecret(at, undefined) });
    return found === undefined || found.value === null || found.value instanceof Uint8Array
      ? undefined
      : String(found.value);
  };
}

function stuck(waiting: readonly { at: number; path: string }[]): Error {
  const paths = [...new Set(waiting.map(({ path }) => `"${formatPath(parsePath(path))}"`))].join(", ");
  const details = { settings: waiting.map(({ path }) => path) };
  if (waiting.length === 1) {
    return configError("DEXT_CONFIG_SETTINGS_MISSING", `A layer needs ${paths}, which no other source has`, {
      hint: "Set it in a layer that needs no settings itself, such as a file or the environment.",
      details,
    });
  }
  return configError(
    "DEXT_CONFIG_SETTINGS_CYCLE",
    `${waiting.length} layers wait for ${paths}, which only they themselves could have`,
    { hint: "Set it in a layer that needs no settings itself, such as a file or the environment.", details },
  );
}
