import { parseArgs } from "node:util";
import type { Command, CommandInput, OptionDescription } from "./command.ts";
import { cliError } from "./error-codes.ts";
import { nearestName } from "@dext/core";

/**
 * Checks what stands after a command's name.
 *
 * @throws DextError `DEXT_CLI_OPTION_UNKNOWN`, `DEXT_CLI_OPTION_INVALID`, `DEXT_CLI_ARGUMENT_UNEXPECTED`
 */
export function parseCommandLine(name: string, { command, args }: ParseOptions): CommandInput {
  const options = { ...command.options, help: helpOption };
  // Not strict: its own errors are for programmers.
  const { tokens, positionals, values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(options).map(([key, option]) => [key, toConfig(option)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === "option") checkOption(token, { name, options });
  const [unexpected] = positionals;
  if (!command.takesNames && unexpected !== undefined) {
    throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", `dext ${name} takes no argument, given: "${unexpected}"`, {
      hint: `Run: dext ${name} --help`,
      details: { command: name, argument: unexpected },
    });
  }
  return {
    names: positionals,
    flag: (option) => values[option] === true,
    text: (option) => asTexts(values[option]).at(-1),
    list: (option) => asTexts(values[option]),
  };
}

export interface ParseOptions {
  command: Command;
  args: readonly string[];
}

/** Every command takes it. */
export const helpOption: OptionDescription = { type: "boolean", short: "h", summary: "Show this help" };

interface OptionToken {
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

function checkOption(
  token: OptionToken,
  { name, options }: { name: string; options: Readonly<Record<string, OptionDescription>> },
): void {
  const { rawName, value } = token;
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (option === undefined) throw unknownOption(rawName, { name, known: Object.keys(options) });
  if (option.type === "boolean" && value !== undefined) {
    throw invalidOption(`${rawName} takes no value, given: "${value}"`, name);
  }
  // `--for --json`: the next option was taken for the value.
  const swallowed = value !== undefined && token.inlineValue !== true && /^-./.test(value);
  if (option.type === "string" && (value === undefined || value === "" || swallowed)) {
    throw invalidOption(
      `${rawName} needs a value${option.value === undefined ? "" : `: ${option.value}`}`,
      name,
    );
  }
}

function unknownOption(rawName: string, { name, known }: { name: string; known: readonly string[] }): Error {
  const near = nearestName(rawName.replace(/^-+/, ""), known);
  return cliError("DEXT_CLI_OPTION_UNKNOWN", `dext ${name} has no option "${rawName}"`, {
    hint: near === undefined ? `Run: dext ${name} --help` : `Did you mean --${near}?`,
    details: { command: name, option: rawName, ...(near === undefined ? {} : { nearest: `--${near}` }) },
  });
}

function invalidOption(message: string, name: string): Error {
  return cliError("DEXT_CLI_OPTION_INVALID", message, { hint: `Run: dext ${name} --help` });
}

function toConfig({ type, short, multiple }: OptionDescription): {
  type: "boolean" | "string";
  short?: string;
  multiple?: boolean;
} {
  return {
    type,
    ...(short === undefined ? {} : { short }),
    ...(multiple === undefined ? {} : { multiple }),
  };
}

function asTexts(value: unknown): string[] {
  return [value].flat().filter((each) => typeof each === "string");
}
