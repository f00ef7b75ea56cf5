import { graphemes } from "./text-width.ts";

/** A line of text that is being typed, its cursor at the end. */
export interface TextInput {
  readonly text: string;
  /** Takes a key by its name; whether it meant something. */
  press(key: string): boolean;
}

export function createTextInput(initial = ""): TextInput {
  let text = initial;
  return {
    get text() {
      return text;
    },
    press(key) {
      if (key === "backspace" || key === "delete") text = [...graphemes(text)].slice(0, -1).join("");
      else if (key === "ctrl+u") text = "";
      else if (key === "ctrl+w") text = text.replace(/\S*\s*$/, "");
      // Names of keys are longer than what they type.
      else if ([...graphemes(key)].length === 1) text += key;
      else return false;
      return true;
    },
  };
}
