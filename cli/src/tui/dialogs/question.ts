import type { Dialog } from "./dialog.ts";

/** Asks something that is answered with one key; Esc and n are no answer. */
export function createQuestion(
  text: string,
  answers: Readonly<Record<string, { label: string; run: () => void }>>,
): Dialog {
  const labels = Object.entries(answers).map(([key, { label }]) => `${key} ${label}`);
  return {
    hint: [...labels, "n back"].join(" · "),
    press(key) {
      const answer = answers[key];
      answer?.run();
      return answer === undefined && key !== "escape" && key !== "n";
    },
    line: ({ paint }) =>
      ` ${paint.bold(paint.yellow(text))} ${paint.dim(`(${Object.keys(answers).join("/")}/n)`)}`,
  };
}
