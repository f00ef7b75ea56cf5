import { readFile } from "node:fs/promises";
import process from "node:process";
import { parseEnv } from "node:util";
import type { CommandInput, OptionDescription } from "../../command.ts";
import { durationOption } from "../../duration-option.ts";
import { cliError } from "../../error-codes.ts";

/** What `dext dockerfile --check` takes besides `--json`. */
export const checkOptions: Readonly<Record<string, OptionDescription>> = {
  check: {
    type: "boolean",
    summary: "Write nothing; build and run what is there, and exit 4 when something does not hold",
  },
  env: {
    type: "string",
    value: "<NAME=value>",
    multiple: true,
    summary: "With --check, a variable for the program; NAME alone passes on the one of this shell",
  },
  // Not --env-file: Node reads that one itself wherever it stands, and loads the file into dext.
  "env-from": { type: "string", value: "<file>", summary: "With --check, a file of such variables" },
  network: {
    type: "string",
    value: "<network>",
    summary: "With --check, the engine's network that the program runs in; none (usual)",
  },
  "build-arg": {
    type: "string",
    value: "<NAME=value>",
    multiple: true,
    summary: "With --check, a build argument, such as REGISTRY=mirror.example.com",
  },
  "build-network": {
    type: "string",
    value: "<network>",
    summary: "With --check, the network of the build's commands, such as host",
  },
  image: {
    type: "string",
    value: "<image>",
    summary: "With --check, an image to check instead of building one",
  },
  "stop-within": {
    type: "string",
    value: "<duration>",
    summary: "With --check, how long the program may take to stop: 1s (usual)",
  },
};

/** How images are to be checked. */
export interface CheckSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly network: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly buildNetwork: string | undefined;
  /** One that is there already. */
  readonly image: string | undefined;
  /** Milliseconds. */
  readonly stopWithin: number;
}

/**
 * Refuses what only `--check` takes.
 *
 * @throws DextError `DEXT_CLI_OPTION_INVALID`
 */
export function refuseCheckOptions(input: CommandInput): void {
  const option = Object.keys(checkOptions).find((name) => input.text(name) !== undefined);
  if (option === undefined) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${option} goes with --check only`, {
    hint: "Run: dext dockerfile --check",
  });
}

/**
 * Reads the options of `--check`.
 *
 * @throws DextError `DEXT_CLI_OPTION_INVALID`, `DEXT_CLI_FILE_UNREADABLE`
 */
export async function readCheckSettings(input: CommandInput): Promise<CheckSettings> {
  refuseOthers(input);
  refuseBuildOptions(input);
  const file = input.text("env-from");
  return {
    environment: {
      ...(file === undefined ? {} : await readVariables(file)),
      ...assignments(input, "env"),
    },
    network: input.text("network") ?? "none",
    buildArgs: assignments(input, "build-arg"),
    buildNetwork: input.text("build-network"),
    image: input.text("image"),
    stopWithin: durationOption(input, { name: "stop-within", otherwise: "1s" }),
  };
}

/** Refuses the options of the command's other parts. */
function refuseOthers(input: CommandInput): void {
  const given = ["explain", "outdated", "dry-run", "yes"].filter((option) => input.flag(option));
  given.push(...["profile", "on-conflict"].filter((option) => input.text(option) !== undefined));
  const [option] = given;
  if (option === undefined) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${option} does not go with --check, which writes nothing`, {
    hint: "Run: dext dockerfile --help",
  });
}

function refuseBuildOptions(input: CommandInput): void {
  const option = ["build-arg", "build-network"].find((name) => input.text(name) !== undefined);
  if (option === undefined || input.text("image") === undefined) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${option} does not go with --image, which builds nothing`, {
    hint: "Leave one of them out.",
  });
}

function assignments(input: CommandInput, option: string): Record<string, string> {
  return Object.fromEntries(input.list(option).map((text) => assignment(text, option)));
}

function assignment(text: string, option: string): readonly [string, string] {
  const [, name = "", value = process.env[text]] = /^([^=]+)(?:=([^]*))?$/.exec(text) ?? [];
  if (name !== "" && value !== undefined) return [name, value];
  const reason = name === "" ? "has no name" : "is no variable of this shell";
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${option} is "${text}", which ${reason}`, {
    hint: `Write it as --${option} NAME=value.`,
  });
}

async function readVariables(file: string): Promise<Record<string, string>> {
  try {
    return { ...parseEnv(await readFile(file, "utf8")) } as Record<string, string>;
  } catch (error) {
    throw cliError("DEXT_CLI_FILE_UNREADABLE", `"${file}" cannot be read: ${(error as Error).message}`, {
      hint: "Name a file of lines such as PORT=8080: dext dockerfile --check --env-from <file>",
      cause: error,
      details: { file },
    });
  }
}
