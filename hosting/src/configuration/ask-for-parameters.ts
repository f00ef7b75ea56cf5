import process from "node:process";
import { hostingError } from "../hosting-error.ts";

/** A parameter without a value. */
export interface MissingParameter {
  readonly name: string;
  readonly secret: boolean;
}

/** Whether somebody sits at a terminal who can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY && process.env["CI"] === undefined;
}

/**
 * Asks on the terminal for the values of parameters, for secret ones without showing what is typed.
 *
 * @throws DextError `DEXT_RUN_INTERRUPTED` when the question is answered with Ctrl-C
 */
export async function askForParameters(
  parameters: readonly MissingParameter[],
): Promise<Readonly<Record<string, string>>> {
  // Loaded only when there is something to ask.
  const { isCancel, password, text } = await import("@clack/prompts");
  const values: Record<string, string> = {};
  for (const { name, secret } of parameters) {
    const question = {
      message: `${name}${secret ? " (not shown; kept in .dext/parameters.json)" : " (kept in .dext/parameters.json)"}`,
      output: process.stderr,
      validate: (value: string | undefined) =>
        value === undefined || value === "" ? "A value is needed." : undefined,
    };
    const answer = await (secret ? password(question) : text(question));
    if (isCancel(answer)) {
      throw hostingError(
        "DEXT_RUN_INTERRUPTED",
        `The question for the parameter "${name}" was not answered`,
        {
          hint: `Set Parameters__${name.replaceAll("-", "_")} in the environment or in .env beside the AppHost.`,
        },
      );
    }
    values[name] = answer;
  }
  return values;
}
