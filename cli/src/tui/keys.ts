import { graphemes } from "./text-width.ts";

/** What ink says of a key. */
export interface InkKey {
  upArrow: boolean;
  downArrow: boolean;
  leftArrow: boolean;
  rightArrow: boolean;
  pageDown: boolean;
  pageUp: boolean;
  home: boolean;
  end: boolean;
  return: boolean;
  escape: boolean;
  ctrl: boolean;
  shift: boolean;
  tab: boolean;
  backspace: boolean;
  delete: boolean;
  meta: boolean;
}

const named = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "return"],
  ["escape", "escape"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "delete"],
] as const;

/**
 * The keys that ink has read, by their names: `up`, `pagedown`, `ctrl+c`, `return` or the character itself. Keys that
 * were pressed quickly, and what is pasted, come together.
 */
export function keyNames(input: string, key: InkKey): string[] {
  const name = named.find(([flag]) => key[flag])?.[1];
  if (name !== undefined) return [name];
  if (key.ctrl) return [`ctrl+${input}`];
  if (key.meta) return [];
  return [...graphemes(input)].flatMap((character) => {
    if (character === "\r" || character === "\n" || character === "\r\n") return ["return"];
    if (character === "\t") return ["tab"];
    // oxlint-disable-next-line no-control-regex
    return /[\u0000-\u001f\u007f-\u009f]/.test(character) ? [] : [character];
  });
}

/** What can be done, with the keys that do it: for the line of keys and the help. */
export interface KeyHelp {
  keys: string;
  /** In the line of keys; absent where the help is enough. */
  short?: string;
  long: string;
}

export const keyHelp: readonly KeyHelp[] = [
  { keys: "↑↓", short: "select", long: "select a resource and show its log (j and k too)" },
  { keys: "a", short: "all", long: "show the log of all resources, and back" },
  { keys: "/", short: "search", long: "search; n and N: next and previous hit" },
  { keys: "f", short: "filter", long: "show only lines with a text or from a level up" },
  { keys: "space", short: "freeze", long: "freeze the log, or follow it" },
  { keys: "PgUp PgDn", long: "scroll by a page, the mouse wheel by rows" },
  { keys: "Home End", long: "to the oldest line that is kept, and to the newest" },
  { keys: "r", short: "restart", long: "restart the selected resource" },
  { keys: "s", short: "stop", long: "stop the selected resource, or start it" },
  { keys: "c", short: "commands", long: "commands of the selected resource" },
  { keys: "y", long: "copy the lines chosen with the mouse, the hit, or what is seen" },
  { keys: "w", long: "wrap long lines; ← and → move when they are cut" },
  { keys: "t", long: "show when each line came" },
  { keys: "Esc", long: "forget search, filter and chosen lines" },
  { keys: "Ctrl-Z", long: "suspend; fg comes back" },
  { keys: "Ctrl-L", long: "draw the screen anew" },
  { keys: "?", short: "help", long: "this help" },
  { keys: "q", short: "quit", long: "quit" },
];
