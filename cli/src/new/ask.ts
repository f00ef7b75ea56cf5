import process from "node:process";
import type { Ask, Conflict, ConflictChoice, Question } from "@dext/generators";
import { cliError } from "../error-codes.ts";
import { conflictChoices } from "./plan-options.ts";

/** Asks on the terminal; Ctrl-C resolves to nothing, which ends the questions. */
export const askOnTerminal: Ask = async (question) => {
  const prompts = await import("@clack/prompts");
  const answer = await ask(prompts, question);
  return prompts.isCancel(answer) ? undefined : answer;
};

/**
 * Asks what is to become of a file in the way, showing the difference as often as it is wanted.
 *
 * @throws DextError `DEXT_CLI_INTERRUPTED` on Ctrl-C
 */
export async function askAboutConflict(conflict: Conflict): Promise<ConflictChoice> {
  const { isCancel, select } = await import("@clack/prompts");
  const about = conflict.status === "edited" ? "was edited since it was generated" : "is there already";
  for (;;) {
    const choice = await select({
      message: `${conflict.path} ${about}`,
      output: process.stderr,
      options: conflictChoices.map((value) => ({ value, label: conflictLabels[value] })),
    });
    if (isCancel(choice)) {
      throw cliError("DEXT_CLI_INTERRUPTED", `The questions were ended at "${conflict.path}"`, {
        hint: "Nothing was written.",
      });
    }
    if (choice !== "diff") return choice;
    process.stderr.write(conflict.diff({ colour: process.stderr.isTTY }));
  }
}

/** Asks whether to go on; Ctrl-C is no. */
export async function confirm(message: string): Promise<boolean> {
  const prompts = await import("@clack/prompts");
  const answer = await prompts.confirm({ message, output: process.stderr });
  return !prompts.isCancel(answer) && answer;
}

const conflictLabels: Readonly<Record<ConflictChoice, string>> = {
  keep: "keep it",
  overwrite: "overwrite it",
  merge: "merge both",
  diff: "show the difference",
  new: "write the new one beside it, as .new",
  abort: "stop, and write nothing",
};

type Prompts = typeof import("@clack/prompts");

function ask(prompts: Prompts, { type, message, choices, initial, validate }: Question): Promise<unknown> {
  const output = process.stderr;
  const options = choices.map((choice) => (typeof choice === "string" ? { value: choice } : choice));
  const text = typeof initial === "string" || typeof initial === "number" ? String(initial) : undefined;
  const start = text === undefined ? {} : { initialValue: text };
  switch (type) {
    case "confirm":
      return prompts.confirm({ message, output, initialValue: initial === true });
    case "select":
      return prompts.select({ message, output, options, ...start });
    case "multiselect":
      return prompts.multiselect({
        message,
        output,
        options,
        required: false,
        ...(Array.isArray(initial) ? { initialValues: initial as string[] } : {}),
      });
    case "password":
      return prompts.password({ message, output, validate: (value) => validate(value ?? "") });
    case "number":
      return prompts
        .text({ message, output, ...start, validate: (value) => validate(numberOf(value)) })
        .then((value) => (prompts.isCancel(value) ? value : numberOf(value)));
    default:
      return prompts.text({ message, output, ...start, validate: (value) => validate(value ?? "") });
  }
}

/** Nothing is no number, although JavaScript takes it for 0. */
function numberOf(text: string | undefined): number {
  return text === undefined || text.trim() === "" ? Number.NaN : Number(text);
}
