import { readFile } from "node:fs/promises";
import process from "node:process";
import type { ConflictChoice } from "@dext/generators";
import type { CommandInput, OptionDescription } from "../command.ts";
import { cliError } from "../error-codes.ts";

/** What every command that generates takes. */
export const planOptions: Readonly<Record<string, OptionDescription>> = {
  yes: { type: "boolean", short: "y", summary: "Ask nothing: take what is detected or usual" },
  "dry-run": { type: "boolean", summary: "Show what would change, as a diff, and change nothing" },
  json: { type: "boolean", summary: "Print what would change as a JSON document, and change nothing" },
};

/** What those take besides that make files anew. */
export const generateOptions: Readonly<Record<string, OptionDescription>> = {
  ...planOptions,
  "no-install": { type: "boolean", summary: "Leave the install to me" },
  "on-conflict": {
    type: "string",
    value: "<choice>",
    summary: "For files that were edited or are others': keep, overwrite, merge, diff, new, abort",
  },
  answers: { type: "string", value: "<file>", summary: "A JSON file with the answers" },
};

/** Whether somebody can be asked: all ends are a terminal, and neither CI nor `--yes` says no. */
export function canAsk(input: CommandInput): boolean {
  const isCi = !["", "0", "false", undefined].includes(process.env["CI"]);
  // Questions go to stderr: in a file nobody would see them.
  const isTerminal = [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY);
  return isTerminal && !isCi && !input.flag("yes") && !input.flag("json");
}

/**
 * The choice of `--on-conflict`.
 *
 * @throws DextError `DEXT_CLI_OPTION_INVALID`
 */
export function conflictChoice(input: CommandInput): ConflictChoice | undefined {
  const given = input.text("on-conflict");
  if (given === undefined) return undefined;
  const found = conflictChoices.find((choice) => choice === given);
  if (found !== undefined) return found;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--on-conflict is "${given}"`, {
    hint: `It takes ${conflictChoices.join(", ")}.`,
  });
}

/** What can be done with a file in the way. */
export const conflictChoices: readonly ConflictChoice[] = [
  "keep",
  "overwrite",
  "merge",
  "diff",
  "new",
  "abort",
];

/**
 * The answers of the file of `--answers`.
 *
 * @throws DextError `DEXT_CLI_OPTION_INVALID`
 */
export async function readAnswers(input: CommandInput): Promise<Readonly<Record<string, unknown>>> {
  const path = input.text("answers");
  if (path === undefined) return {};
  try {
    const text = await readFile(path, "utf8");
    const answers: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof answers === "object" && answers !== null && !Array.isArray(answers)) {
      return answers as Record<string, unknown>;
    }
    throw new Error("it holds no object");
  } catch (error) {
    throw cliError(
      "DEXT_CLI_OPTION_INVALID",
      `The answers cannot be read from "${path}": ${(error as Error).message}`,
      { hint: 'It must be a JSON object such as { "runtime": "deno" }.', cause: error },
    );
  }
}
