import { plan, TemplateLookup } from "@dext/generators";
import type { Command } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { askAboutConflict } from "../new/ask.ts";
import { carryOut } from "../new/carry-out.ts";
import { findRoot } from "../new/find-root.ts";
import { canAsk, conflictChoice, generateOptions } from "../new/plan-options.ts";

/** `dext eject` */
export const ejectCommand: Command = {
  usage: "<template> [options]",
  takesNames: true,
  options: generateOptions,
  notes: [
    "Such as: dext eject service/api/src/main.ts.ejs. The copy in templates/ is used in place of the original.",
  ],
  async run(input) {
    const [template, unexpected] = input.names;
    if (template === undefined || unexpected !== undefined) {
      throw cliError(
        template === undefined ? "DEXT_CLI_ARGUMENT_MISSING" : "DEXT_CLI_ARGUMENT_UNEXPECTED",
        `dext eject takes one template, given: ${input.names.length}`,
        { hint: `There are:\n  ${new TemplateLookup({ target: findRoot() }).list().join("\n  ")}` },
      );
    }
    const onConflict = conflictChoice(input) ?? (canAsk(input) ? askAboutConflict : "abort");
    return carryOut(await plan("eject", { template }, { target: findRoot(), onConflict }), input);
  },
};
