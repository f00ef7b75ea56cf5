import { stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { hostingError } from "../hosting-error.ts";
import type { ProbeContext } from "../model/launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";
import { existingFolder, findCommand, serviceEndpoint } from "./add-executable.ts";
import { programLauncher } from "./program-launcher.ts";

/** Options of a Node or Deno app. */
export interface ScriptAppOptions {
  /** The folder to run it in, relative to the AppHost's folder; the script's own folder when absent. */
  cwd?: string;
  /** Passed to the script. */
  args?: readonly string[];
  /** Passed to the runtime, before the script: `--env-file=…`, `--allow-net`. */
  runtimeArgs?: readonly string[];
  /** `false` for a program that serves nothing. */
  http?: boolean;
}

/** Adds a script that Node runs. */
export function addNodeApp(
  host: ModelBuilder,
  name: string,
  options: ScriptAppOptions & { script: string },
): ResourceBuilder {
  return addScriptApp(host, name, {
    ...options,
    runtime: "node",
    command: "node",
    before: options.runtimeArgs ?? [],
    remedy: "Install Node 22.18 or newer.",
  });
}

/** Adds a script that Deno runs, with all permissions unless `runtimeArgs` gives others. */
export function addDenoApp(
  host: ModelBuilder,
  name: string,
  options: ScriptAppOptions & { script: string },
): ResourceBuilder {
  return addScriptApp(host, name, {
    ...options,
    runtime: "deno",
    command: "deno",
    before: ["run", ...(options.runtimeArgs ?? ["--allow-all"])],
    remedy: "Install Deno, for example with npm install --save-dev deno.",
  });
}

interface ScriptRunner extends ScriptAppOptions {
  script: string;
  runtime: "node" | "deno";
  command: string;
  before: readonly string[];
  remedy: string;
}

function addScriptApp(host: ModelBuilder, name: string, runner: ScriptRunner): ResourceBuilder {
  const {
    script: path,
    cwd = dirname(path),
    args = [],
    runtime,
    command,
    before,
    remedy,
    http = true,
  } = runner;
  return host.addResource({
    name,
    kind: runtime,
    ...(http ? { endpoints: [serviceEndpoint] } : {}),
    launchers: [
      programLauncher(async (context) => {
        const folder = await existingFolder(context, cwd);
        const script = resolve(context.directory, path);
        await checkScript(context, script);
        return {
          command: await findCommand(context, { command, folder, remedy }),
          args: [...before, relative(folder, script), ...args],
          cwd: folder,
          because: `the script "${path}"`,
          runtime,
          isDirect: true,
        };
      }),
    ],
  });
}

async function checkScript({ resource }: ProbeContext, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw hostingError("DEXT_RUN_SCRIPT_MISSING", `The script of "${resource.name}" is not there: "${path}"`, {
    hint:
      resource.definedAt === undefined
        ? "Mend its path in the AppHost."
        : `Mend its path at ${resource.definedAt}.`,
    details: { resource: resource.name, path },
  });
}
