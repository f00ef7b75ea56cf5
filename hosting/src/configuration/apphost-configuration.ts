import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigReader } from "@dext/core";
import { parse } from "dotenv";
import { hostingError } from "../hosting-error.ts";

/** Where a value came from; `given`: whoever started the AppHost wants it so. */
export type ConfigurationSource = "given" | "environment" | ".env";

/** Configuration of the AppHost that tells where a value came from. */
export interface AppHostConfiguration extends ConfigReader {
  /** The value at a path with its source. */
  find(path: string): { value: string; source: ConfigurationSource } | undefined;
}

/**
 * Reads the environment and, below it, the file `.env` in the AppHost's folder. `Parameters:db-password` is looked up as
 * `Parameters__db-password` and as `Parameters__db_password`, without regard to case.
 *
 * @param options.given wins over both.
 */
export async function readAppHostConfiguration(
  directory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  { given = {} }: { given?: Readonly<Record<string, string>> } = {},
): Promise<AppHostConfiguration> {
  const sources = [
    { source: "given", values: byLowerName(given) },
    { source: "environment", values: byLowerName(environment) },
    { source: ".env", values: byLowerName(await readDotenv(join(directory, ".env"))) },
  ] as const;
  const find: AppHostConfiguration["find"] = (path) => {
    const name = path.replaceAll(":", "__").toLowerCase();
    for (const { source, values } of sources) {
      const value = values.get(name) ?? values.get(name.replaceAll("-", "_"));
      if (value !== undefined) return { value, source };
    }
    return undefined;
  };
  return { find, get: (path) => find(path)?.value };
}

function byLowerName(values: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) found.set(name.toLowerCase(), value);
  return found;
}

async function readDotenv(path: string): Promise<Record<string, string>> {
  try {
    return parse(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw hostingError(
      "DEXT_RUN_CONFIGURATION_UNREADABLE",
      `"${path}" is there and cannot be read: ${(error as Error).message}`,
      {
        hint: "Make the file readable, or take it away.",
        cause: error,
      },
    );
  }
}
