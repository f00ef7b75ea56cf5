import { createTextInput } from "../text-input.ts";
import type { Dialog } from "./dialog.ts";

/** Asks what to search; the text is told while it is typed, so that its hits can be seen. */
export function createSearchDialog({
  onType,
  onDone,
}: {
  onType: (text: string) => void;
  /** Without a text when it was given up. */
  onDone: (text: string | undefined) => void;
}): Dialog {
  const input = createTextInput();
  return {
    hint: "Enter search · Esc cancel · capitals count once there are any",
    press(key) {
      if (key === "return" || key === "escape") {
        onDone(key === "escape" || input.text === "" ? undefined : input.text);
        return false;
      }
      if (input.press(key)) onType(input.text);
      return true;
    },
    line: ({ paint }) => ` ${paint.bold("/")}${input.text}${paint.inverse(" ")}`,
  };
}
