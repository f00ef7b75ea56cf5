import { toMilliseconds } from "@dext/core";
import type { Duration } from "@dext/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { configError } from "../config-error.ts";
import { parsePath } from "../tree/config-path.ts";
import type { ConfigPath } from "../tree/config-path.ts";
import type { ListRule } from "../tree/merge.ts";
import type { ConfigLayer, DependentLayer } from "./provider.ts";
import type { Protected } from "./secret-types.ts";

/** What a configuration consists of. */
export interface ConfigOptions<Schema extends StandardSchemaV1 | undefined, Paths extends string> {
  /** What the values must be: a schema of zod, valibot, arktype or any other Standard Schema library. */
  schema?: Schema;
  /** The sources, lowest first: the last one wins. */
  layers: readonly (ConfigLayer | DependentLayer)[];
  /** Paths of secrets, `*` for any key: `"db.password"`, `"db.*"`. Their values are handed out as `Secret`. */
  secrets?: readonly Paths[];
  /** How lists are merged, by path; a higher layer replaces the whole list where nothing is said. */
  lists?: Readonly<Record<string, ListRule>>;
  /** Keys that the schema does not name are an error. */
  strict?: boolean;
  /** `""` counts as not set. */
  emptyAsUndefined?: boolean;
  /** Watches the sources that can be watched, and reloads when they change. */
  watch?: boolean;
  /** How long changes are collected before a reload; 100 ms when absent. */
  debounce?: Duration;
  /** How long sources that do not answer are tried at the start; 30 s when absent. */
  startTimeout?: Duration;
  /** How long the schema may take when it works asynchronously; 5 s when absent. */
  validationTimeout?: Duration;
}

/** A configuration as it is defined: nothing has been read yet, and it can be loaded any number of times. */
export interface ConfigDefinition<Value = unknown> {
  readonly schema: StandardSchemaV1 | undefined;
  readonly layers: readonly (ConfigLayer | DependentLayer)[];
  readonly secrets: readonly ConfigPath[];
  readonly lists: readonly { readonly path: ConfigPath; readonly rule: ListRule }[];
  readonly strict: boolean;
  readonly emptyAsUndefined: boolean;
  readonly watch: boolean;
  /** Milliseconds. */
  readonly debounce: number;
  /** Milliseconds. */
  readonly startTimeout: number;
  /** Milliseconds. */
  readonly validationTimeout: number;
  /** Only for the type of the loaded value; never set. */
  readonly valueType?: Value;
}

/** The type of the loaded value: what the schema gives, read-only, secrets as `Secret`. */
export type ConfigValue<
  Schema extends StandardSchemaV1 | undefined,
  Paths extends string,
> = Schema extends StandardSchemaV1
  ? Protected<StandardSchemaV1.InferOutput<Schema>, Paths>
  : Readonly<Record<string, unknown>>;

/**
 * Defines a configuration. Reads nothing: {@link loadConfig} does.
 *
 * @throws DextError `DEXT_CONFIG_DEFINITION_INVALID`, `DEXT_CONFIG_PATH_INVALID`
 *
 * @example
 * ```ts
 * import { defineConfig, loadConfig, object } from "@dext/providers";
 *
 * const definition = defineConfig({ layers: [object({ db: { host: "localhost" } }), object({ db: { port: 5432 } })] });
 * const config = await loadConfig(definition);
 * if (JSON.stringify(config.value) !== '{"db":{"host":"localhost","port":5432}}') throw new Error("not merged");
 * ```
 */
export function defineConfig<
  Schema extends StandardSchemaV1 | undefined = undefined,
  const Paths extends string = never,
>(options: ConfigOptions<Schema, Paths>): ConfigDefinition<ConfigValue<Schema, Paths>> {
  const {
    schema,
    layers,
    secrets = [],
    lists = {},
    strict = false,
    emptyAsUndefined = false,
    watch = false,
    debounce = 100,
    startTimeout = "30s",
    validationTimeout = "5s",
  } = options;
  if (strict && schema === undefined) {
    throw configError(
      "DEXT_CONFIG_DEFINITION_INVALID",
      '"strict" is set, and there is no schema that names the keys',
      {
        hint: 'Give a "schema", or leave "strict" out.',
      },
    );
  }
  return {
    schema,
    layers: [...layers],
    secrets: secrets.map(parsePath),
    lists: Object.entries(lists).map(([path, rule]) => ({
      path: parsePath(path),
      rule: checkedRule(rule, path),
    })),
    strict,
    emptyAsUndefined,
    watch,
    debounce: toMilliseconds(debounce),
    startTimeout: toMilliseconds(startTimeout),
    validationTimeout: toMilliseconds(validationTimeout),
  };
}

function checkedRule(rule: ListRule, path: string): ListRule {
  if (
    rule === "replace" ||
    rule === "append" ||
    (rule.startsWith("byKey:") && rule.length > "byKey:".length)
  ) {
    return rule;
  }
  throw configError("DEXT_CONFIG_DEFINITION_INVALID", `The list "${path}" cannot be merged by "${rule}"`, {
    hint: 'Say "replace", "append", or "byKey:" and the name of the key, as in "byKey:name".',
    details: { path, rule },
  });
}
