import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { cliError } from "../error-codes.ts";

/** The names that an AppHost can have, in the order in which they are looked for. */
export const appHostNames = ["apphost.ts", "apphost.mts", "apphost.js", "apphost.mjs"] as const;

/** What {@link findAppHost} takes. */
export interface FindAppHostOptions {
  /** The value of `--apphost`: a file, or a folder that has one. */
  path?: string | undefined;
  /** Where to look without it; the current folder when absent. */
  directory?: string;
}

/**
 * The AppHost file that is meant.
 *
 * @throws DextError `DEXT_CLI_APPHOST_NOT_FOUND` with what was looked for and the nearest folder above that has one.
 */
export function findAppHost({ path, directory = process.cwd() }: FindAppHostOptions = {}): string {
  const start = path === undefined ? directory : resolve(directory, path);
  if (isFile(start)) return start;
  if (path !== undefined && !existsSync(start)) {
    throw cliError("DEXT_CLI_APPHOST_NOT_FOUND", `There is no AppHost "${start}"`, {
      hint: "Give --apphost the path of the file, or of the folder that has it.",
      details: { looked: [start] },
    });
  }
  const found = findIn(start);
  if (found !== undefined) return found;
  throw cliError(
    "DEXT_CLI_APPHOST_NOT_FOUND",
    `There is no AppHost in "${start}", looked for: ${appHostNames.join(", ")}`,
    {
      hint: hintFor(start, directory),
      details: { looked: appHostNames.map((name) => join(start, name)) },
    },
  );
}

function hintFor(start: string, directory: string): string {
  for (let above = dirname(start); ; above = dirname(above)) {
    const found = findIn(above);
    if (found !== undefined) return `There is one above: --apphost ${relative(directory, found)}`;
    if (above === dirname(above)) break;
  }
  return 'Go to the folder that has it, give --apphost <file>, or write one: import { createBuilder } from "@dext/hosting".';
}

function findIn(directory: string): string | undefined {
  return appHostNames.map((name) => join(directory, name)).find(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
