import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { fromErrorDocument } from "@dext/core";
import type { DextError, ErrorDocument } from "@dext/core";
import { cliError } from "../error-codes.ts";
import type { AppHostExit, AppHostProcess } from "./start-apphost.ts";
import { parseUncaughtError } from "./uncaught-error.ts";
import type { UncaughtError } from "./uncaught-error.ts";

/** What is known of an AppHost that ended before its run was there. */
export interface FailedAppHost {
  file: string;
  exit: AppHostExit;
  /** What it wrote to stderr. */
  errorOutput: string;
  /** What it wrote to `DEXT_RESULT`. */
  result: unknown;
}

/** Why an AppHost ended before its run was there, as one error with a place and a remedy. */
export async function diagnoseAppHost(appHost: AppHostProcess): Promise<DextError> {
  return explainFailure({
    file: appHost.file,
    exit: await appHost.exited,
    errorOutput: appHost.errorOutput(),
    result: await appHost.readResult(),
  });
}

/** What {@link diagnoseAppHost} says, from what is known. */
export function explainFailure({ file, exit, errorOutput, result }: FailedAppHost): DextError {
  if (isErrorDocument(result)) return fromErrorDocument(result);
  const uncaught = parseUncaughtError(errorOutput);
  if (uncaught !== undefined) return explainUncaught(uncaught, file);
  if (exit.signal !== null) {
    return cliError(
      "DEXT_CLI_APPHOST_ENDED",
      `"${basename(file)}" was ended by ${exit.signal} while it started`,
    );
  }
  const excerpt = stripVTControlCharacters(errorOutput).split("\n").filter(Boolean).slice(-5);
  const ending = exit.code === 0 ? "" : `, with exit code ${exit.code}`;
  return cliError(
    "DEXT_CLI_APPHOST_NEVER_RAN",
    `"${basename(file)}" ended without running anything${ending}`,
    {
      hint: "End it with: await host.run();",
      details: { place: file, ...(excerpt.length === 0 ? {} : { excerpt }) },
    },
  );
}

function explainUncaught(uncaught: UncaughtError, file: string): DextError {
  const place = placeImport(uncaught) ?? uncaught.place ?? file;
  const excerpt = uncaught.excerpt ?? readExcerpt(place);
  const details = { place, ...(excerpt === undefined ? {} : { excerpt }) };
  const name = basename(file);
  const { message, properties } = uncaught;
  if (properties.code?.startsWith("DEXT_")) {
    const { code, hint } = properties;
    return fromErrorDocument({ error: { code, message, ...(hint === undefined ? {} : { hint }), details } });
  }
  if (uncaught.name === "UnsettledAwait") {
    return cliError("DEXT_CLI_APPHOST_HANGS", `"${name}" waits for something that never happens`, {
      hint: "The await at this place never settles: see what it waits for.",
      details,
    });
  }
  if (isCommonJsFailure(message)) return commonJs(file, details);
  if (isLoadFailure(uncaught)) {
    return cliError(
      "DEXT_CLI_APPHOST_BROKEN",
      `"${name}" cannot be loaded: ${message.replace(/ imported from \/.*$/, "")}`,
      {
        hint: properties.hint ?? loadHint(uncaught),
        details,
      },
    );
  }
  const kind = uncaught.name === undefined || uncaught.name === "DextError" ? "" : `${uncaught.name}: `;
  return cliError("DEXT_CLI_APPHOST_THREW", `"${name}" threw ${kind}${message}`, {
    hint: properties.hint ?? "Correct what stands at this place, or handle the error there.",
    details,
  });
}

function isCommonJsFailure(message: string): boolean {
  return /Cannot use import statement outside a module|await is only valid in async functions|Unexpected token 'export'/.test(
    message,
  );
}

function commonJs(file: string, details: Readonly<Record<string, unknown>>): DextError {
  const manifest = nearestManifest(dirname(file));
  const own = join(dirname(file), "package.json");
  const module = basename(file).replace(/\.(ts|js)$/, ".m$1");
  return cliError(
    "DEXT_CLI_APPHOST_COMMONJS",
    `"${basename(file)}" is loaded as CommonJS, wanted: an ES module`,
    {
      hint: `Set "type": "module" in "${manifest ?? own}", or rename the file to "${module}".`,
      details: { ...details, manifest: manifest ?? own },
    },
  );
}

function nearestManifest(directory: string): string | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

function isLoadFailure({ name, nodeCode, message }: UncaughtError): boolean {
  return (
    name === "SyntaxError" ||
    /^ERR_(MODULE_NOT_FOUND|UNSUPPORTED_|PACKAGE_|UNKNOWN_FILE_EXTENSION|INVALID_TYPESCRIPT)/.test(
      nodeCode ?? "",
    ) ||
    /^Module not found |^Import "[^"]*" not a dependency|^Relative import path /.test(message)
  );
}

function loadHint({ nodeCode, message }: UncaughtError): string {
  const missing = /^Cannot find package '([^']+)'|^Import "([^"]+)" not a dependency/.exec(message);
  const packageName = missing?.[1] ?? missing?.[2];
  if (packageName !== undefined) return `Install it: npm install ${packageName}`;
  if (nodeCode === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return "Node removes types and compiles nothing: write it without enum, namespace and parameter properties.";
  }
  if (/does not provide an export named/.test(message))
    return "See what the module exports, and in which version.";
  if (/^Cannot find module|^Module not found/.test(message)) {
    return "Correct the path: it needs the file's extension, such as ./service.ts.";
  }
  return "Correct the line; an editor or tsc --noEmit shows such mistakes at once.";
}

/** Node names the importing file without a line: it is the one that names what is missing. */
function placeImport({ message }: UncaughtError): string | undefined {
  const match = /^Cannot find (?:package|module) '([^']+)' imported from (\/.+)$/.exec(message);
  const [, wanted = "", importer = ""] = match ?? [];
  if (importer === "" || !existsSync(importer)) return undefined;
  const name = basename(wanted);
  const lines = readFileSync(importer, "utf8").split("\n");
  const line = lines.findIndex((text) => /\b(?:import|from|export)\b/.test(text) && text.includes(name));
  if (line === -1) return importer;
  const column = (lines[line] ?? "").search(/["'][^"']*["']\s*\)?;?\s*$/);
  return `${importer}:${line + 1}${column === -1 ? "" : `:${column + 1}`}`;
}

/** The line of source at a place, with a mark below its column. */
function readExcerpt(place: string): string[] | undefined {
  const [, path = "", line, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
  if (!existsSync(path)) return undefined;
  const source = readFileSync(path, "utf8").split("\n")[Number(line) - 1] ?? "";
  const indent = source.search(/\S/);
  if (indent === -1 || source.length > 200) return undefined;
  return [source.slice(indent).trimEnd(), `${" ".repeat(Math.max(0, Number(column) - 1 - indent))}^`];
}

function isErrorDocument(value: unknown): value is ErrorDocument {
  const error = (value as { error?: { code?: unknown; message?: unknown } } | null | undefined)?.error;
  return typeof error?.code === "string" && typeof error.message === "string";
}
