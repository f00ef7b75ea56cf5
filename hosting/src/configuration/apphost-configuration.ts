import process from "node:process";
import type { ConfigReader } from "@dext/core";
import { dotenv, env, formatPath, loadConfig } from "@dext/providers";

/** Where a value came from; `given`: whoever started the AppHost wants it so. */
export type ConfigurationSource = "given" | "environment" | ".env";

/** Configuration of the AppHost that tells where a value came from. */
export interface AppHostConfiguration extends ConfigReader {
  /** The value at a path with its source. */
  find(path: string): { value: string; source: ConfigurationSource } | undefined;
}

/**
 * Reads the environment and, below it, the `.env` files in the AppHost's folder. `Parameters:db-password` is looked up as
 * `Parameters__db-password` and as `Parameters__db_password`, without regard to case.
 *
 * @param options.given wins over both; its names are those of variables.
 *
 * @throws what `.env` files throw: `DEXT_CONFIG_DOTENV_INVALID`, `DEXT_CONFIG_DOTENV_UNREADABLE` …
 */
export async function readAppHostConfiguration(
  directory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  { given = {} }: { given?: Readonly<Record<string, string>> } = {},
): Promise<AppHostConfiguration> {
  const config = await loadConfig(
    { layers: [dotenv(), env({ files: false })] },
    { directory, variables: environment, args: [] },
  );
  const overrides = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const look = (path: string): ReturnType<AppHostConfiguration["find"]> => {
    const override = overrides.get(path.replaceAll(":", "__").toLowerCase());
    if (override !== undefined) return { value: override, source: "given" };
    const value = config.get(path);
    if (value === undefined) return undefined;
    const [explained] = config.explain(formatPath(path.split(":")));
    return { value, source: explained?.origin.provider === "dotenv" ? ".env" : "environment" };
  };
  // However a name is written in a source, the order of the sources decides.
  const find: AppHostConfiguration["find"] = (path) => {
    const found = [look(path), look(path.replaceAll("-", "_"))];
    for (const source of ["given", "environment", ".env"] as const) {
      const value = found.find((each) => each?.source === source);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return { find, get: (path) => find(path)?.value };
}
