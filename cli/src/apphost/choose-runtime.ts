import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { cliError } from "../error-codes.ts";

/** What runs an AppHost. */
export interface AppHostRuntime {
  name: "node" | "deno";
  command: string;
  /** Stands before the file. */
  args: readonly string[];
}

/** What {@link chooseRuntime} takes besides the file. */
export interface ChooseRuntimeOptions {
  /** The value of `--runtime`. */
  wanted?: string | undefined;
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Node or Deno: what `--runtime` or `DEXT_RUNTIME` says, else Deno when the nearest project of the file has a
 * `deno.json` or `deno.jsonc` and no `package.json`, else Node.
 *
 * @throws DextError `DEXT_CLI_OPTION_INVALID`, `DEXT_CLI_RUNTIME_NOT_FOUND`
 */
export function chooseRuntime(
  file: string,
  { wanted, environment = process.env }: ChooseRuntimeOptions = {},
): AppHostRuntime {
  const fromEnvironment = environment["DEXT_RUNTIME"] || undefined;
  const asked = wanted ?? fromEnvironment;
  if (asked !== undefined && asked !== "node" && asked !== "deno") {
    const source = wanted === undefined ? "DEXT_RUNTIME" : "--runtime";
    throw cliError("DEXT_CLI_OPTION_INVALID", `${source} is "${asked}", wanted: "node" or "deno"`);
  }
  return (asked ?? nearestRuntime(dirname(file))) === "deno" ? deno(environment) : node();
}

function nearestRuntime(directory: string): "node" | "deno" {
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return "node";
    if (["deno.json", "deno.jsonc"].some((name) => existsSync(join(folder, name)))) return "deno";
    if (folder === dirname(folder)) return "node";
  }
}

function node(): AppHostRuntime {
  const disabled = ["ExperimentalWarning", "MODULE_TYPELESS_PACKAGE_JSON"];
  return {
    name: "node",
    command: process.execPath,
    // That Node strips types, or has to look twice at a file, is nothing that the user has to act on.
    args: disabled.map((warning) => `--disable-warning=${warning}`),
  };
}

function deno(environment: Readonly<Record<string, string | undefined>>): AppHostRuntime {
  const command = (environment["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, process.platform === "win32" ? "deno.exe" : "deno"))
    .find(isExecutable);
  if (command === undefined) {
    throw cliError(
      "DEXT_CLI_RUNTIME_NOT_FOUND",
      'The AppHost is to be run by Deno, and "deno" is not on the PATH',
      {
        hint: "Install Deno (https://deno.com), or run the AppHost with --runtime node.",
      },
    );
  }
  return { name: "deno", command, args: ["run", "-A"] };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
