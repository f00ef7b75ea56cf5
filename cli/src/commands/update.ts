import { planUpdate } from "@dext/generators";
import type { Command } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { carryOut } from "../new/carry-out.ts";
import { confirmOrFail } from "../new/confirm.ts";
import { findRoot } from "../new/find-root.ts";
import { generateOptions, conflictChoice, readAnswers } from "../new/plan-options.ts";

/** `dext update` */
export const updateCommand: Command = {
  usage: "[unit] [options]",
  takesNames: true,
  options: generateOptions,
  notes: [
    "Renders once more what was generated, with the answers of then, and merges it with what was changed since:",
    "offline, from .dext/generated. A unit is named as its file there, such as service-api. The exit code is 3 where",
    "both sides changed the same lines.",
  ],
  async run(input) {
    const [unit, unexpected] = input.names;
    if (unexpected !== undefined) {
      throw cliError(
        "DEXT_CLI_ARGUMENT_UNEXPECTED",
        `dext update takes one unit, given too: "${unexpected}"`,
      );
    }
    const onConflict = conflictChoice(input);
    const plan = await planUpdate(unit, {
      target: findRoot(),
      file: await readAnswers(input),
      ...(onConflict === undefined ? {} : { onConflict }),
    });
    const count = plan.operations.length;
    if (count > 0 && !input.flag("json") && !input.flag("dry-run")) {
      const what = `Update ${count} ${count === 1 ? "file" : "files"}`;
      await confirmOrFail(input, { question: `${what}?`, what });
    }
    return carryOut(plan, input);
  },
};
