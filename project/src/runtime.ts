import type { DenoConfiguration } from "./deno-configuration.ts";
import type { Finding, PackageManager, Runtime } from "./description.ts";
import { textAt } from "./json-access.ts";
import type { FoundLockFile } from "./lock-files.ts";
import type { PackageManifest } from "./package-manifest.ts";
import { runtimeOf } from "./program-file.ts";
import { runScriptNames } from "./scripts.ts";
import type { ProjectScript, ProjectScripts } from "./scripts.ts";
import { invocationOf, splitCommands } from "./shell-command.ts";

/** What the runtime is found from. */
export interface RuntimeEvidence {
  readonly manifest: PackageManifest | undefined;
  readonly deno: DenoConfiguration | undefined;
  readonly scripts: ProjectScripts;
  readonly lockFiles: readonly FoundLockFile[];
  readonly declared: Finding<PackageManager> | undefined;
  /** A source file of a folder that has no manifest, and its beginning. */
  readonly source: { readonly file: string; readonly text: string } | undefined;
}

/** The runtime: what the script for development runs, else what the manifests and lock files speak for. */
export function detectRuntime(evidence: RuntimeEvidence): Finding<Runtime> {
  return (
    fromScripts(evidence.scripts) ??
    fromDenoConfiguration(evidence) ??
    fromEngines(evidence.manifest) ??
    fromPackageManager(evidence) ??
    fromManifest(evidence.manifest) ??
    fromSource(evidence.source)
  );
}

function fromScripts(scripts: ProjectScripts): Finding<Runtime> | undefined {
  for (const name of runScriptNames) {
    const script = scripts.get(name);
    const value = script && runtimeOfScript(script);
    if (script === undefined || value === undefined) continue;
    return { value, because: `script "${name}" runs it`, file: script.file, line: script.line };
  }
  return undefined;
}

/** The runtime of the last command that names one. */
function runtimeOfScript({ command }: ProjectScript): Runtime | undefined {
  const runtimes = splitCommands(command).map((part) => {
    const invocation = invocationOf(part);
    return invocation && runtimeOf(invocation);
  });
  return runtimes.findLast((runtime) => runtime !== undefined);
}

/** A `deno.json` beside a `package.json` may only be there to publish or to lint: it then takes more to mean Deno. */
function fromDenoConfiguration({
  manifest,
  deno,
  scripts,
  lockFiles,
}: RuntimeEvidence): Finding<Runtime> | undefined {
  if (deno === undefined) return undefined;
  const { file } = deno;
  if (manifest === undefined) return { value: "deno", because: "its configuration is there", file, line: 1 };
  const task = runScriptNames
    .map((name) => scripts.get(name))
    .find((script) => script !== undefined && script.from === "deno.json");
  if (task !== undefined) {
    return { value: "deno", because: `"${task.name}" is a task of Deno`, file, line: task.line };
  }
  const [lockFile] = lockFiles;
  if (lockFile?.packageManager === "deno") {
    return { value: "deno", because: "the only lock file is Deno's", file: lockFile.path };
  }
  return undefined;
}

function fromEngines(manifest: PackageManifest | undefined): Finding<Runtime> | undefined {
  for (const value of ["node", "deno", "bun"] as const) {
    const engine = textAt(manifest?.root, "engines", value);
    if (manifest === undefined || engine === undefined) continue;
    return { value, because: `"engines.${value}" asks for it`, file: manifest.file, line: engine.line };
  }
  return undefined;
}

function fromPackageManager({ declared, lockFiles }: RuntimeEvidence): Finding<Runtime> | undefined {
  if (declared !== undefined) {
    return declared.value.name === "bun" || declared.value.name === "deno"
      ? { ...declared, value: declared.value.name }
      : undefined;
  }
  const [lockFile] = lockFiles;
  return lockFile?.packageManager === "bun"
    ? { value: "bun", because: "the lock file is Bun's", file: lockFile.path }
    : undefined;
}

function fromManifest(manifest: PackageManifest | undefined): Finding<Runtime> | undefined {
  return (
    manifest && {
      value: "node",
      because: "there is a package.json and nothing names another runtime",
      file: manifest.file,
    }
  );
}

function fromSource(source: RuntimeEvidence["source"]): Finding<Runtime> {
  const { file = "", text = "" } = source ?? {};
  const lines = text.split("\n");
  const find = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line)) + 1;
  const deno = find(
    /\bDeno\.\w|\bfrom\s*["'](?:jsr:|npm:|https:\/\/)|\bimport\s*\(?\s*["'](?:jsr:|npm:|https:\/\/)/,
  );
  if (deno > 0) return { value: "deno", because: "the code uses what only Deno has", file, line: deno };
  const bun = find(/\bBun\.\w|\bfrom\s*["']bun(?::\w+)?["']/);
  if (bun > 0) return { value: "bun", because: "the code uses what only Bun has", file, line: bun };
  return { value: "node", because: "there is code and nothing names another runtime", file };
}
