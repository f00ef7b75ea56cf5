import process from "node:process";
import { nearestName } from "@dext/core";
import { columns, printJson, printLine, printProgress, styleFor } from "@dext/hosting/output";
import { formatExplanations, loadConfig } from "@dext/providers";
import type { Config, ConfigChange, Origin } from "@dext/providers";
import { chooseRuntime } from "../apphost/choose-runtime.ts";
import type { Command, CommandInput } from "../command.ts";
import { flattenValues, plainValues } from "../config/flatten-values.ts";
import { jsonData } from "../config/json-data.ts";
import { findDefinition, loadDefinition } from "../config/load-definition.ts";
import type { FoundDefinition } from "../config/load-definition.ts";
import { rbac } from "../config/rbac.ts";
import { isDeno, runOnDeno } from "../config/run-on-deno.ts";
import { cliError } from "../error-codes.ts";
import { exitCodes } from "../exit-code.ts";

/** `dext config` */
export const configCommand: Command = {
  usage: "print | explain [path] | diff <environment> <environment> | check | rbac [system]",
  takesNames: true,
  options: {
    file: {
      type: "string",
      value: "<file>",
      summary: "The module with the definition: config.ts unless given",
    },
    env: {
      type: "string",
      value: "<name>",
      multiple: true,
      summary: "The environment: DEXT_ENVIRONMENT, NODE_ENV or development unless given",
    },
    runtime: {
      type: "string",
      value: "<name>",
      summary: "node or deno; by default what the file's project is for",
    },
    "service-account": {
      type: "string",
      value: "<name>",
      summary: "With rbac: the Kubernetes service account to bind the Role to",
    },
    namespace: {
      type: "string",
      value: "<name>",
      summary: "With rbac: the Kubernetes namespace that the service runs in",
    },
    "show-secrets": { type: "boolean", summary: "Print secrets, on a terminal only" },
    force: { type: "boolean", summary: "With --show-secrets: print them also where they may be kept" },
    json: { type: "boolean", summary: "Print a JSON document" },
  },
  notes: [
    "print    every value, and where it comes from",
    "explain  one value or those below a path, with what they hide in lower layers",
    "diff     what differs between two environments",
    "check    all values against the schema; exits 3 with every fault at once",
    "rbac     the narrowest permissions for its sources: Kubernetes Roles, Vault policies, Consul rules; asks none of them",
    "Loads what the service would load from here and starts nothing. Secrets are shown as ***.",
  ],
  async run(input) {
    const [action = "", ...names] = input.names;
    const run = actions[action];
    if (run === undefined) throw unknownAction(action);
    refuseShownSecrets(input, action);
    const file = findDefinition(input.text("file"));
    const runtime = chooseRuntime(file, { wanted: input.text("runtime") });
    if (runtime.name === "deno" && !isDeno) return runOnDeno(runtime);
    const found = await loadDefinition(file);
    return run(input, { found, names });
  },
};

interface ActionOptions {
  found: FoundDefinition;
  /** What follows the action. */
  names: readonly string[];
}

type Action = (input: CommandInput, options: ActionOptions) => Promise<number>;

const actions: Readonly<Record<string, Action>> = { print, explain, diff, check, rbac };

async function print(input: CommandInput, { found, names }: ActionOptions): Promise<number> {
  refuseNames(names, { action: "print", most: 0 });
  return withConfig(found, input.text("env"), (config) => {
    const showSecrets = input.flag("show-secrets");
    if (input.flag("json")) {
      printJson({ version: 1, values: plainValues(config, { showSecrets }) });
      return;
    }
    const style = styleFor({ stream: process.stdout });
    const rows = flattenValues(config, { showSecrets }).map(({ path, value, explanation }) => [
      path,
      formatValue(value),
      style.dim(explanation === undefined ? "schema" : describe(explanation.origin)),
    ]);
    for (const line of columns(rows)) printLine(line);
  });
}

async function explain(input: CommandInput, { found, names }: ActionOptions): Promise<number> {
  refuseNames(names, { action: "explain", most: 1 });
  const [path = ""] = names;
  return withConfig(found, input.text("env"), (config) => {
    const explanations = config.explain(path);
    if (explanations.length === 0) throw unknownPath(path, config);
    if (input.flag("json")) printJson(jsonData({ version: 1, values: explanations }));
    else printLine(formatExplanations(explanations));
  });
}

async function diff(input: CommandInput, { found, names }: ActionOptions): Promise<number> {
  const environments = [...input.list("env"), ...names];
  const [first, second, ...others] = environments;
  if (first === undefined || second === undefined || others.length > 0) {
    throw cliError(
      "DEXT_CLI_ARGUMENT_UNEXPECTED",
      `dext config diff takes two environments, given: ${environments.length}`,
      {
        hint: "Run: dext config diff development production",
      },
    );
  }
  return withConfig(found, first, (previous) =>
    withConfig(found, second, (next) => {
      const changes = previous.diff(next);
      if (input.flag("json")) printJson(jsonData({ version: 1, from: first, to: second, changes }));
      else for (const change of changes) printLine(formatChange(change));
    }),
  );
}

async function check(input: CommandInput, { found, names }: ActionOptions): Promise<number> {
  refuseNames(names, { action: "check", most: 0 });
  return withConfig(found, input.text("env"), (config) => {
    const values = config.explain("").length;
    if (input.flag("json")) printJson({ version: 1, valid: true, values });
    else printLine(`${found.file}: ${values} values, all fit`);
  });
}

/** Loads for one look: nothing is watched. Notes about the sources go to stderr. */
async function withConfig(
  { definition, directory }: FoundDefinition,
  environment: string | undefined,
  use: (config: Config) => unknown,
): Promise<number> {
  const config = await loadConfig(
    { ...definition, watch: false },
    { directory, args: [], ...(environment === undefined ? {} : { environment }) },
  );
  try {
    for (const { label, notes, error } of config.sources) {
      for (const { message } of notes) printProgress(`${label}: ${message}`);
      if (error !== undefined) printProgress(`${label}: ${error.message}`);
    }
    await use(config);
    return exitCodes.done;
  } finally {
    await config.close();
  }
}

function formatChange({ path, kind, previous, next, origin }: ConfigChange): string {
  const values =
    kind === "changed"
      ? `${formatValue(previous)} → ${formatValue(next)}`
      : formatValue(kind === "added" ? next : previous);
  const sign = { added: "+", removed: "-", changed: "~" }[kind];
  return `${sign} ${path}: ${values}  (${describe(origin)})`;
}

function formatValue(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (typeof value === "bigint" || value === undefined) return String(value);
  return value === "***" ? value : JSON.stringify(value);
}

function describe({ provider, location }: Origin): string {
  return `${provider} ${location}`.trim();
}

function unknownAction(action: string): Error {
  const names = Object.keys(actions);
  const near = nearestName(action, names);
  return cliError(
    "DEXT_CLI_ARGUMENT_UNEXPECTED",
    action === "" ? "dext config needs to be told what to do" : `dext config cannot "${action}"`,
    {
      hint: near === undefined ? `Say one of: ${names.join(", ")}.` : `Did you mean ${near}?`,
      details: { action },
    },
  );
}

function refuseNames(names: readonly string[], { action, most }: { action: string; most: number }): void {
  const unexpected = names[most];
  if (unexpected === undefined) return;
  throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", `dext config ${action} does not take "${unexpected}"`, {
    hint: "Run: dext config --help",
    details: { argument: unexpected },
  });
}

/** What is not a terminal may be kept: a file, a log of CI, a pipe. */
function refuseShownSecrets(input: CommandInput, action: string): void {
  if (!input.flag("show-secrets")) return;
  if (action !== "print") {
    throw cliError("DEXT_CLI_OPTION_INVALID", `dext config ${action} does not take --show-secrets`, {
      hint: "Only print shows secrets.",
    });
  }
  if (process.stdout.isTTY || input.flag("force")) return;
  throw cliError(
    "DEXT_CLI_OPTION_INVALID",
    "--show-secrets is refused: the output is not a terminal, and may be kept",
    {
      hint: "Add --force if that is what you want.",
    },
  );
}

function unknownPath(path: string, config: Config): Error {
  const known = config.explain("").map((each) => each.path);
  const near = nearestName(path, known);
  return cliError("DEXT_CLI_PATH_UNKNOWN", `No source has "${path}"`, {
    hint: near === undefined ? "dext config print shows all values." : `Did you mean ${near}?`,
    details: { path, ...(near === undefined ? {} : { nearest: near }) },
  });
}
