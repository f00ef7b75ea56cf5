import { keyHelp } from "../keys.ts";
import { textWidth, truncateText } from "../text-width.ts";
import type { Dialog } from "./dialog.ts";

/** All keys and what they do; scrolls where there is no room for them. */
export function createHelp(): Dialog {
  let first = 0;
  const keysWidth = Math.max(...keyHelp.map(({ keys }) => textWidth(keys)));
  return {
    hint: "↑↓ scroll · any other key closes",
    press(key) {
      if (key === "down" || key === "j") first += 1;
      else if (key === "up" || key === "k") first = Math.max(0, first - 1);
      else return false;
      return true;
    },
    line: ({ paint }) => ` ${paint.bold("Keys")}`,
    panel({ paint, width, height }) {
      first = Math.max(0, Math.min(first, keyHelp.length - height));
      return keyHelp.slice(first, first + height).map(({ keys, long }) => {
        const blanks = " ".repeat(keysWidth - textWidth(keys));
        return ` ${paint.bold(paint.cyan(keys))}${blanks}  ${truncateText(long, width - keysWidth - 4)}`;
      });
    },
  };
}
