import { isDextError, toMilliseconds } from "@dext/core";
import type { CommandInput } from "./command.ts";
import { cliError } from "./error-codes.ts";

/** The milliseconds of an option such as `--timeout 30s`; a bare number is milliseconds, as everywhere. */
export function durationOption(
  input: CommandInput,
  { name, otherwise }: { name: string; otherwise: string },
): number {
  const text = input.text(name) ?? otherwise;
  try {
    return toMilliseconds(/^\d+$/.test(text) ? Number(text) : text);
  } catch (cause) {
    if (!isDextError(cause)) throw cause;
    throw cliError(
      "DEXT_CLI_OPTION_INVALID",
      `--${name} is "${text}", wanted: a duration such as 500ms, 30s or 2m`,
    );
  }
}
