import { parsePath } from "@dext/providers";
import type { ConfigDefinition } from "@dext/providers";
import { hostingError } from "../hosting-error.ts";
import type { BackingResourceBuilder } from "./backing-resource-builder.ts";
import type { ConfigurationChange, ConfigurationModel } from "./resource-model.ts";

/** Options of `withConfiguration`. */
export interface ConfigurationOptions {
  /** What happens to the resource when a value that it is given changes; `restart` when absent. */
  onChange?: ConfigurationChange;
  /** Stands before the name of every variable: `APP__` makes `APP__DB__HOST`. */
  prefix?: string;
  /** Keys that it is given as well where they are there. Of `keys`, each without a `*` has to be. */
  optional?: readonly string[];
  /** The folder that relative paths of the sources start from, itself relative to the AppHost's, which it is when absent. */
  directory?: string;
  /**
   * The servers of this system that the values come from. The configuration is loaded once they are healthy, with their
   * addresses and tokens, of which the resource itself is told nothing.
   */
  from?: readonly BackingResourceBuilder[];
}

/**
 * The model of a configuration, checked.
 *
 * @throws DextError `DEXT_MODEL_OPTION_INVALID`, `DEXT_CONFIG_PATH_INVALID`
 */
export function describeConfiguration(
  definition: ConfigDefinition,
  options: ConfigurationOptions & { resource: string; place: string; keys: readonly string[] },
): ConfigurationModel {
  const {
    resource,
    place,
    keys,
    optional = [],
    onChange = "restart",
    prefix = "",
    directory,
    from = [],
  } = options;
  const refuse = (what: string, hint: string): Error =>
    hostingError("DEXT_MODEL_OPTION_INVALID", `The configuration of "${resource}" ${what}${place}`, {
      hint,
      details: { resource },
    });
  // An AppHost in JavaScript has no types that would tell.
  if (!Array.isArray((definition as Partial<ConfigDefinition>).layers))
    throw refuse("is no definition", "Give what defineConfig() of @dext/providers gives.");
  if (keys.length + optional.length === 0)
    throw refuse("has no keys", 'Name those that it is given: ["db.*", "port"]; "*" is all of them.');
  if (!/^(?:[A-Za-z_]\w*)?$/.test(prefix))
    throw refuse(`has the prefix "${prefix}"`, "Use letters, digits and _, no digit first: APP__.");
  for (const key of [...keys, ...optional]) parsePath(key);
  return {
    definition,
    keys: [...keys],
    optional: [...optional],
    onChange,
    prefix,
    from: [...new Set(from.map(({ name }) => name))],
    ...(directory === undefined ? {} : { directory }),
  };
}
