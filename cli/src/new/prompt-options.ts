import { flagOf } from "@dext/generators";
import type { Answers, Prompt } from "@dext/generators";
import type { CommandInput, OptionDescription } from "../command.ts";

/** Options by name, as a command describes them. */
type Options = Readonly<Record<string, OptionDescription>>;

/**
 * An option for each prompt, `--package-manager` for `packageManager`; for yes and no also `--no-…`. A prompt whose
 * option the command has itself gets `--answer-…`.
 */
export function promptOptions(prompts: readonly Prompt[], reserved: Options): Options {
  const options: Record<string, OptionDescription> = {};
  for (const prompt of prompts) {
    const option = optionOf(prompt, reserved);
    const summary = summaryOf(prompt);
    if (prompt.type !== "confirm") {
      options[option] = { type: "string", value: valueOf(prompt), summary };
      continue;
    }
    options[option] = { type: "boolean", summary };
    const opposite = `no-${option}`;
    if (!Object.hasOwn(reserved, opposite)) options[opposite] = { type: "boolean", summary: "The opposite" };
  }
  return options;
}

/** What the options of prompts say, by the names of the prompts. */
export function promptAnswers(
  prompts: readonly Prompt[],
  { input, reserved }: { input: CommandInput; reserved: Options },
): Answers {
  const answers: Record<string, unknown> = {};
  for (const prompt of prompts) {
    const option = optionOf(prompt, reserved);
    if (prompt.type !== "confirm") answers[prompt.name] = input.text(option);
    else if (input.flag(option)) answers[prompt.name] = true;
    else if (input.flag(`no-${option}`) && !Object.hasOwn(reserved, `no-${option}`))
      answers[prompt.name] = false;
  }
  return Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined));
}

function optionOf({ name }: Prompt, reserved: Options): string {
  const option = flagOf(name).slice(2);
  return Object.hasOwn(reserved, option) || option === "help" ? `answer-${option}` : option;
}

function valueOf({ type }: Prompt): string {
  if (type === "number") return "<number>";
  return type === "multiselect" ? "<a,b>" : "<value>";
}

/** The question, with what can be answered and what is taken without an answer. */
function summaryOf(prompt: Prompt): string {
  const { message, when, optional = false } = prompt;
  const choices = typeof prompt.choices === "function" ? [] : (prompt.choices ?? []);
  const values = choices.map((choice) => (typeof choice === "string" ? choice : choice.value));
  const standard = shownDefault(prompt);
  const notes = [
    ...(values.length === 0 ? [] : [values.join(", ")]),
    ...(standard === undefined ? [] : [`${standard} when not given`]),
    ...(standard === undefined && optional ? ["may be left out"] : []),
    ...(when === undefined ? [] : ["only asked where it applies"]),
  ];
  return notes.length === 0 ? message : `${message} (${notes.join("; ")})`;
}

function shownDefault({ type, default: standard, choices }: Prompt): string | undefined {
  if (standard === undefined || standard === "" || type === "password") return undefined;
  if (typeof standard === "boolean") return standard ? "yes" : "no";
  if (!Array.isArray(standard)) return JSON.stringify(standard);
  const isAll = Array.isArray(choices) && choices.length === standard.length;
  return isAll ? "all" : (standard as unknown[]).join(",");
}
