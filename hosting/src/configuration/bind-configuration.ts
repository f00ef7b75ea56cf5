import { isSecret, nearestName } from "@dext/core";
import type { Config, ConfigVariable } from "@dext/providers";
import { isOfTools } from "../discovery/inherited-environment.ts";
import { hostingError } from "../hosting-error.ts";
import type { ConfigurationModel } from "../model/resource-model.ts";

/** A variable that a resource is given from a configuration. */
export interface ConfiguredVariable {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  /** `db.host of its configuration (file config.yaml:3:7)`. */
  readonly because: string;
}

/** What a resource is given of one configuration. */
export interface BoundConfiguration {
  readonly variables: readonly ConfiguredVariable[];
  /** Patterns that nothing fits. */
  readonly unmatched: readonly string[];
}

/**
 * The variables that a resource is given of a loaded configuration.
 *
 * @param options.taken names that mean something else to the resource, with what.
 *
 * @throws DextError `DEXT_RUN_CONFIGURATION_KEY_MISSING`, `DEXT_RUN_CONFIGURATION_COLLISION`, and what
 * `Config.variables` throws.
 */
export function bindConfiguration(
  config: Config,
  {
    resource,
    model,
    taken,
  }: { resource: string; model: ConfigurationModel; taken: ReadonlyMap<string, string> },
): BoundConfiguration {
  const { keys, optional, prefix } = model;
  const unmatched = keys.filter((key) => config.variables([key]).length === 0);
  const missing = unmatched.filter((key) => !key.includes("*"));
  if (missing.length > 0) throw keyMissing(missing, { resource, config });
  const named = [...keys, ...optional];
  const variables = config
    .variables(named, { prefix })
    .filter((variable) => !isPrivate(variable, named))
    .flatMap((variable) => configured(variable));
  for (const { name, because } of variables) {
    const other = taken.get(name);
    if (other !== undefined) throw collision(resource, { name, because, other });
  }
  return { variables, unmatched: unmatched.filter((key) => key.includes("*")) };
}

function configured({ name, value, path, origin }: ConfigVariable): readonly ConfiguredVariable[] {
  if (value === undefined) return [];
  const place = origin.location === "" ? origin.provider : `${origin.provider} ${origin.location}`;
  const because = `${path} of its configuration (${place})`;
  const hidden = isSecret(value);
  return [{ name, value: hidden ? value.reveal() : value, isSecret: hidden, because }];
}

/** A token that the AppHost found in its own environment is given to nobody who has not asked for it by name. */
function isPrivate({ origin, path }: ConfigVariable, keys: readonly string[]): boolean {
  const variable = origin.provider === "env" ? origin.location : "";
  return isOfTools(variable) && !keys.some((key) => key.toLowerCase() === path.toLowerCase());
}

function keyMissing(
  keys: readonly string[],
  { resource, config }: { resource: string; config: Config },
): Error {
  const known = knownKeys(config);
  const texts = keys.map((key) => {
    const near = nearestName(key, known);
    return near === undefined ? `"${key}"` : `"${key}" (is "${near}" meant?)`;
  });
  return hostingError(
    "DEXT_RUN_CONFIGURATION_KEY_MISSING",
    `"${resource}" is to be given what its configuration does not have: ${texts.join(", ")}`,
    {
      hint: "Set the value in one of the sources, correct the key, or name it in the option optional of withConfiguration.",
      details: { resource, keys: [...keys] },
    },
  );
}

/** Every path that holds something, with those above it. */
function knownKeys(config: Config): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { path } of config.explain("")) {
    const parts = path.split(".");
    for (const at of parts.keys()) known.add(parts.slice(0, at + 1).join("."));
  }
  return known;
}

function collision(
  resource: string,
  { name, because, other }: { name: string; because: string; other: string },
): Error {
  return hostingError(
    "DEXT_RUN_CONFIGURATION_COLLISION",
    `"${resource}" would be given ${name} twice with different meanings: by the ${other} and by ${because}`,
    {
      hint: 'Give the variables of the configuration a prefix: { prefix: "APP__" }.',
      details: { resource, variable: name },
    },
  );
}
