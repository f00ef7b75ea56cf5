import { isDextError } from "@dext/core";
import { hostingError } from "../hosting-error.ts";
import { placeOf } from "../model/source-place.ts";

/** A source is to find its server by the name of a resource, and is not told of it. */
const connectionInvalid = "DEXT_CONFIG_CONNECTION_INVALID";
/** A source failed of what is no error of Dext: its message does not say where. */
const sourceFailed = "DEXT_CONFIG_SOURCE_FAILED";
const connectionHint = 'Name the resource in the option "from" of withConfiguration.';

/** The error of a definition that did not load, for those that use it. */
export function loadFailed(resources: readonly string[], error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const code = isDextError(error) ? error.code : undefined;
  const users = resources.map((name) => `"${name}"`).join(", ");
  return hostingError(
    "DEXT_RUN_CONFIGURATION_FAILED",
    `The configuration of ${users} cannot be loaded: ${message}`,
    {
      hint: hintOf(error),
      cause: error,
      details: { resources: [...resources], ...(code === undefined ? {} : { code }) },
    },
  );
}

function hintOf(error: unknown): string {
  if (isDextError(error) && error.code === connectionInvalid) return connectionHint;
  if (isDextError(error) && error.code !== sourceFailed && error.hint !== undefined) return error.hint;
  const thrown = isDextError(error) ? error.cause : error;
  const place = thrown instanceof Error ? placeOf(thrown) : undefined;
  return `The message is that of ${place === undefined ? "its source" : `an error made at ${place}`}.`;
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
