import { logLevels } from "@dext/protocol";
import type { LogLevel } from "@dext/protocol";
import { createTextInput } from "../text-input.ts";
import type { Dialog } from "./dialog.ts";

/** Which lines are shown. */
export interface LineFilter {
  text: string;
  level: LogLevel | undefined;
}

const choices: readonly (LogLevel | undefined)[] = [undefined, ...logLevels.slice(1)];

/** Asks for a text that lines must have, and for the level from which on they are shown. */
export function createFilterDialog({
  filter,
  onDone,
}: {
  filter: LineFilter;
  onDone: (filter: LineFilter) => void;
}): Dialog {
  const input = createTextInput(filter.text);
  let choice = Math.max(0, choices.indexOf(filter.level));
  return {
    hint: "Enter apply · Tab level of JSON lines · Ctrl-U clear · Esc cancel",
    press(key) {
      if (key === "escape") return false;
      if (key === "tab") choice = (choice + 1) % choices.length;
      else if (key !== "return") input.press(key);
      else {
        onDone({ text: input.text, level: choices[choice] });
        return false;
      }
      return true;
    },
    line: ({ paint }) =>
      ` ${paint.bold("filter")} ${paint.cyan(levelText(choices[choice]))} text: ${input.text}${paint.inverse(" ")}`,
  };
}

/** `any level`, `warn and above` */
export function levelText(level: LogLevel | undefined): string {
  if (level === undefined) return "any level";
  return level === "fatal" ? "fatal" : `${level} and above`;
}
