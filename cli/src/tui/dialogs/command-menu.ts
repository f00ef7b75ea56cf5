import type { CommandSnapshot } from "@dext/protocol";
import { truncateText } from "../text-width.ts";
import type { Dialog } from "./dialog.ts";

/** Lets one of a resource's own commands be chosen. */
export function createCommandMenu({
  resource,
  commands,
  onChoose,
}: {
  resource: string;
  commands: readonly CommandSnapshot[];
  onChoose: (command: CommandSnapshot) => void;
}): Dialog {
  let cursor = 0;
  return {
    hint: "↑↓ choose · Enter run · Esc cancel",
    press(key) {
      if (key === "escape" || key === "c") return false;
      if (key === "up" || key === "k") cursor = (cursor + commands.length - 1) % commands.length;
      else if (key === "down" || key === "j") cursor = (cursor + 1) % commands.length;
      else if (key === "return") {
        const chosen = commands[cursor];
        if (chosen !== undefined) onChoose(chosen);
        return false;
      }
      return true;
    },
    line: ({ paint }) => ` ${paint.bold(`Commands of ${resource}`)}`,
    panel({ paint, width, height }) {
      const nameWidth = Math.max(...commands.map(({ name }) => name.length));
      const first = Math.max(0, cursor - height + 2);
      const rows = commands.slice(first, first + height - 1).map(({ name, description = "" }, index) => {
        const text = truncateText(`${name.padEnd(nameWidth)}  ${description}`, width - 3);
        return first + index === cursor ? ` ${paint.inverse(` ${text} `)}` : `  ${text}`;
      });
      return ["", ...rows];
    },
  };
}
