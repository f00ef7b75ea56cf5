import { loadConfig, parsePath } from "@dext/providers";
import type { Config, ConfigLayer, ConfigDefinition, LayerSettings, Permission } from "@dext/providers";
import { cliError } from "../error-codes.ts";

/** Where the sources are that layers may take settings from. */
export interface LocalSurroundings {
  directory: string;
  environment: string | undefined;
}

/**
 * What the systems of all sources have to allow the service that has this definition, duplicates left out. Asks none of them:
 * a layer that is made from the settings of others gets those of the files and the environment here.
 *
 * @throws DextError `DEXT_CLI_SETTING_MISSING`
 */
export async function neededPermissions(
  definition: ConfigDefinition,
  surroundings: LocalSurroundings,
): Promise<readonly Permission[]> {
  const layers = await madeLayers(definition, surroundings);
  const needed = layers.flatMap(
    (layer) => layer.permissions?.({ watch: layer.watch ?? definition.watch }) ?? [],
  );
  const distinct = new Map(needed.map((each) => [JSON.stringify(each), each]));
  return [...distinct.values()];
}

async function madeLayers(
  definition: ConfigDefinition,
  surroundings: LocalSurroundings,
): Promise<readonly ConfigLayer[]> {
  const { layers } = definition;
  if (!layers.some((layer) => typeof layer === "function")) return layers.filter(isMade);
  const settings = await localSettings(definition, surroundings);
  try {
    return layers.map((layer) => (isMade(layer) ? layer : layer(settingsOf(settings))));
  } finally {
    await settings.close();
  }
}

function isMade(layer: ConfigDefinition["layers"][number]): layer is ConfigLayer {
  return typeof layer !== "function";
}

/**
 * The values of the sources that need no permission, as they are: the schema is for all of them together. A file of the image
 * or a volume of the pod need not be here.
 */
function localSettings(
  { layers, lists, schema }: ConfigDefinition,
  { directory, environment }: LocalSurroundings,
): Promise<Config> {
  const local = layers
    .filter(isMade)
    .filter((layer) => layer.permissions === undefined)
    .map((layer) => ({
      provider: layer.provider,
      label: layer.label,
      create: () => layer.create(),
      optional: true,
    }));
  const rules = lists.map(({ path, rule }) => [path.join("."), rule] as const);
  return loadConfig(
    {
      layers: local,
      lists: Object.fromEntries(rules),
      ...(schema === undefined ? {} : { schema: unchecked(schema) }),
    },
    { directory, args: [], ...(environment === undefined ? {} : { environment }) },
  );
}

type Schema = NonNullable<ConfigDefinition["schema"]>;

/** A schema that still tells its keys, by which variables are found, and lets everything pass. */
function unchecked(schema: Schema): Schema {
  const standard = Object.create(schema["~standard"], {
    validate: { value: (value: unknown) => ({ value }) },
  }) as Schema["~standard"];
  return Object.create(schema, { "~standard": { value: standard } }) as Schema;
}

function settingsOf(config: Config): LayerSettings {
  const get = (path: string): string | undefined => config.get(parsePath(path).join(":"));
  return {
    get,
    require(path) {
      const value = get(path);
      if (value !== undefined) return value;
      throw cliError(
        "DEXT_CLI_SETTING_MISSING",
        `A layer is made from "${path}", which no file or variable here has`,
        {
          hint: "Set it for this command, as a variable for example: what the layer needs depends on it.",
          details: { path },
        },
      );
    },
  };
}
