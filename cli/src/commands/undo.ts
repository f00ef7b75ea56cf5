import { planUndo, undo, unifiedDiff } from "@dext/generators";
import type { LeftFile } from "@dext/generators";
import { printJson, printLine, styleFor } from "@dext/hosting/output";
import process from "node:process";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { confirmOrFail } from "../new/confirm.ts";
import { findRoot } from "../new/find-root.ts";
import { planOptions } from "../new/plan-options.ts";

/** `dext undo` */
export const undoCommand: Command = {
  usage: "[options]",
  takesNames: false,
  options: planOptions,
  notes: [
    "Takes back what was generated last, once, on the machine that generated it. Files that were changed since stay,",
    "and so does what an install has made.",
  ],
  async run(input) {
    const target = findRoot();
    const { plan, left, units } = await planUndo(target);
    const style = styleFor({ stream: process.stdout });
    if (input.flag("json")) {
      printJson({ ...plan, left, units });
      return exitCodes.done;
    }
    if (input.flag("dry-run")) {
      process.stdout.write(unifiedDiff(plan, { colour: style.coloured }));
      for (const file of left) printLine(describeLeft(file));
      return exitCodes.done;
    }
    const count = plan.operations.length;
    const what = `Take back ${units.join(", ")} (${count} ${count === 1 ? "file" : "files"})`;
    await confirmOrFail(input, { question: `${what}?`, what });
    const done = await undo(target);
    for (const path of done.undone) printLine(`${style.yellow("<")} ${path}`);
    for (const file of done.left) printLine(describeLeft(file));
    return exitCodes.done;
  },
};

function describeLeft({ path, reason }: LeftFile): string {
  const why = { edited: "was edited since", deleted: "is gone already", "created-again": "is there again" };
  return `= ${path} stays as it is: it ${why[reason]}`;
}
