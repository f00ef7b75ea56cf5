import { isDextError } from "@dext/core";
import { hostingError } from "../hosting-error.ts";

/** A source is to find its server by the name of a resource, and is not told of it. */
const connectionInvalid = "DEXT_CONFIG_CONNECTION_INVALID";
const connectionHint = 'Name the resource in the option "from" of withConfiguration.';

/** The error of a definition that did not load, for those that use it. */
export function loadFailed(resources: readonly string[], error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const code = isDextError(error) ? error.code : undefined;
  const hint = code === connectionInvalid ? connectionHint : isDextError(error) ? error.hint : undefined;
  const users = resources.map((name) => `"${name}"`).join(", ");
  return hostingError(
    "DEXT_RUN_CONFIGURATION_FAILED",
    `The configuration of ${users} cannot be loaded: ${message}`,
    {
      hint: hint ?? "The message is that of its source.",
      cause: error,
      details: { resources: [...resources], ...(code === undefined ? {} : { code }) },
    },
  );
}

/** One error for all that is wrong: that error itself where it is one. */
export function configurationsFailed(faults: readonly { error: Error }[]): Error {
  const errors = faults.map(({ error }) => error);
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  const lines = errors.map(({ message }) => `  ${message.replaceAll("\n", "\n  ")}`);
  const hints = [...new Set(errors.flatMap((error) => (isDextError(error) ? (error.hint ?? []) : [])))];
  return hostingError(
    "DEXT_RUN_CONFIGURATION_FAILED",
    `${errors.length} things are wrong with the configurations of this run:\n${lines.join("\n")}`,
    {
      hint: hints.join(" "),
      details: { faults: errors.map((error) => describeFault(error)) },
    },
  );
}

function describeFault(error: Error): { code: string; message: string } {
  return { code: isDextError(error) ? error.code : "DEXT_INTERNAL", message: error.message };
}
