import { silentLogger, systemClock } from "@dext/core";
import type { Clock, Logger } from "@dext/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { defineConfig } from "../definition/define-config.ts";
import type { ConfigDefinition, ConfigOptions, ConfigValue } from "../definition/define-config.ts";
import type { LoadContext } from "../definition/provider.ts";
import { LoadedConfig } from "../reloading/loaded-config.ts";
import type { Config } from "../reloading/config.ts";
import { readShape } from "../schema/read-shape.ts";
import { createSnapshot } from "../snapshot/snapshot.ts";
import { buildCandidate } from "./build-candidate.ts";
import { startLayers } from "./start-layers.ts";

/** The surroundings of a load; everything has a default. */
export interface LoadOptions {
  /** The name of the environment; `DEXT_ENVIRONMENT`, then `NODE_ENV`, then `development` when absent. */
  environment?: string;
  /** What relative paths are relative to; the working directory when absent. */
  directory?: string;
  /** Environment variables; those of the process when absent. */
  variables?: Readonly<Record<string, string | undefined>>;
  /** Arguments of the command line, without the program; those of the process when absent. */
  args?: readonly string[];
  /** Gives the load up. */
  signal?: AbortSignal;
  logger?: Logger;
  clock?: Clock;
  /** A number from 0 to less than 1, for the jitter of retries. */
  random?: () => number;
}

/**
 * Loads a configuration: all layers in parallel, merged in their order, validated, frozen.
 *
 * Close it when it watches or has remote sources; a configuration from files and the environment alone holds nothing.
 *
 * @throws DextError `DEXT_CONFIG_INVALID` with every value that does not fit, and what the providers throw
 *
 * @example
 * ```ts
 * import { env, loadConfig, object } from "@dext/providers";
 *
 * const config = await loadConfig(
 *   { layers: [object({ port: 8080 }), env({ prefix: "APP__" })], secrets: ["db.password"] },
 *   { variables: { APP__DB__PASSWORD: "hunter2" } },
 * );
 * if (JSON.stringify(config.value) !== '{"port":8080,"db":{"password":"***"}}') throw new Error("leaked");
 * await config.close();
 * ```
 */
export async function loadConfig<Value>(
  definition: ConfigDefinition<Value>,
  options?: LoadOptions,
): Promise<Config<Value>>;
export async function loadConfig<
  Schema extends StandardSchemaV1 | undefined = undefined,
  const Paths extends string = never,
>(
  definition: ConfigOptions<Schema, Paths>,
  options?: LoadOptions,
): Promise<Config<ConfigValue<Schema, Paths>>>;
export async function loadConfig(
  given: ConfigDefinition | ConfigOptions<StandardSchemaV1 | undefined, string>,
  options: LoadOptions = {},
): Promise<Config> {
  const definition = isDefinition(given) ? given : defineConfig(given);
  const context = contextOf(definition, options);
  const { shape, clock } = context;
  const layers = await startLayers(definition, { context, signal: options.signal });
  try {
    const trees = layers.map(({ source }) => source.tree).filter((tree) => tree !== undefined);
    const validated = await buildCandidate(trees, { definition, shape, clock });
    const snapshot = createSnapshot(validated, { generation: 1, declared: definition.secrets });
    const config = new LoadedConfig({ definition, context, layers, snapshot });
    await config.startWatching();
    return config;
  } catch (error) {
    await Promise.allSettled(layers.map(({ source }) => source.close()));
    throw error;
  }
}

function isDefinition(
  given: ConfigDefinition | ConfigOptions<StandardSchemaV1 | undefined, string>,
): given is ConfigDefinition {
  // Durations and paths of a definition have been read already.
  return typeof given.debounce === "number" && Array.isArray(given.lists);
}

function contextOf(definition: ConfigDefinition, options: LoadOptions): Omit<LoadContext, "signal"> {
  const {
    variables,
    environment = environmentName(variables),
    directory = process.cwd(),
    args = process.argv.slice(2),
    logger = silentLogger,
    clock = systemClock,
    random = Math.random,
  } = options;
  return {
    clock,
    random,
    logger,
    directory,
    environment,
    variables,
    args,
    shape: definition.schema === undefined ? undefined : readShape(definition.schema),
  };
}

function environmentName(variables: LoadOptions["variables"]): string {
  const read = (name: string): string | undefined => {
    if (variables !== undefined) return variables[name];
    try {
      return process.env[name];
    } catch {
      // Deno, without the permission to read this variable.
      return undefined;
    }
  };
  return read("DEXT_ENVIRONMENT") || read("NODE_ENV") || "development";
}
