import { plan, resourceKinds } from "@dext/generators";
import type { Answers } from "@dext/generators";
import type { Command } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { askAboutConflict, askOnTerminal } from "../new/ask.ts";
import { carryOut } from "../new/carry-out.ts";
import { findRoot } from "../new/find-root.ts";
import { canAsk, conflictChoice, generateOptions, readAnswers } from "../new/plan-options.ts";

/** `dext add` */
export const addCommand: Command = {
  usage: "[resource] [--to <service>] [options]",
  takesNames: true,
  options: {
    to: {
      type: "string",
      value: "<service>",
      summary: "The service that uses it: it gets a reference and a client",
    },
    name: {
      type: "string",
      value: "<name>",
      summary: "What the AppHost calls it: cache, db and so on when absent",
    },
    ...generateOptions,
  },
  notes: [
    `Resources: ${Object.keys(resourceKinds).join(", ")}. The service gets the client's package and a file that connects,`,
    "tells its health and closes it at the end; of Consul and Vault, a layer of its configuration.",
  ],
  async run(input) {
    const [resource, unexpected] = input.names;
    const ask = canAsk(input) ? askOnTerminal : undefined;
    const file = await readAnswers(input);
    const isKnown = (resource ?? file["resource"] ?? ask) !== undefined;
    if (!isKnown || unexpected !== undefined) {
      throw cliError(
        isKnown ? "DEXT_CLI_ARGUMENT_UNEXPECTED" : "DEXT_CLI_ARGUMENT_MISSING",
        `dext add takes one resource, given: ${input.names.length}`,
        { hint: `It is one of ${Object.keys(resourceKinds).join(", ")}.` },
      );
    }
    const given = { resource, name: input.text("name"), to: input.text("to") };
    const change = await plan("resource", given, {
      target: findRoot(),
      file,
      onConflict: conflictChoice(input) ?? (ask === undefined ? "abort" : askAboutConflict),
      detected: { name: usualName },
      ...(ask === undefined ? {} : { ask }),
    });
    return carryOut(change, input);
  },
};

function usualName({ resource }: Answers): string | undefined {
  return Object.entries(resourceKinds).find(([kind]) => kind === resource)?.[1].usualName;
}
