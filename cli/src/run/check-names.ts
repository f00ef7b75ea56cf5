import type { RunSnapshot } from "@dext/protocol";
import { cliError } from "../error-codes.ts";
import { nearestName } from "@dext/core";

/**
 * Refuses names that the run has no resource for.
 *
 * @throws DextError `DEXT_CLI_RESOURCE_UNKNOWN`
 */
export function checkNames(names: readonly string[], { resources }: RunSnapshot): void {
  const known = [...new Set(resources.map(({ name }) => name))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  throw cliError(
    "DEXT_CLI_RESOURCE_UNKNOWN",
    `The run has no resource "${unknown}", it has: ${known.join(", ")}`,
    {
      hint: near === undefined ? "Run: dext ps" : `Did you mean ${near}?`,
      details: { given: unknown, known },
    },
  );
}
