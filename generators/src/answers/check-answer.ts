import { generatorError } from "../generator-error.ts";
import type { Answers, Choice, Prompt } from "../generator/definition.ts";

/** What a prompt lets choose. */
export function choicesOf({ choices = [] }: Prompt, answers: Answers): readonly Choice[] {
  return typeof choices === "function" ? choices(answers) : choices;
}

/**
 * An answer as the generator gets it: of the prompt's type, one of its choices, filtered and valid.
 *
 * @param options.isFlag text from the command line, to be turned into the prompt's type
 * @param options.isFiltered an answer that has been through the prompt's filter, which may have made another type of it
 * @throws DextError `DEXT_GENERATE_ANSWER_INVALID`
 */
export function checkAnswer(
  prompt: Prompt,
  {
    value,
    source,
    isFlag = false,
    isFiltered = false,
    answers,
  }: { value: unknown; source: string; isFlag?: boolean; isFiltered?: boolean; answers: Answers },
): unknown {
  const fail = (reason: string): Error =>
    invalidAnswer({ source, value: prompt.type === "password" ? "***" : value, reason });
  const typed = isFlag && typeof value === "string" ? fromText(prompt, value) : value;
  const filter = isFiltered ? undefined : prompt.filter;
  const fault =
    isFiltered && prompt.filter !== undefined ? undefined : faultOf(prompt, { value: typed, answers });
  if (fault !== undefined) throw fail(fault);
  const filtered = filter === undefined ? typed : filter(typed, answers);
  const verdict = prompt.validate?.(filtered, answers);
  if (verdict === undefined || verdict === true) return filtered;
  throw fail(typeof verdict === "string" ? verdict : "it is not valid");
}

function fromText({ type }: Prompt, text: string): unknown {
  if (type === "confirm") {
    if (/^(true|yes|y|1)$/i.test(text)) return true;
    return /^(false|no|n|0)$/i.test(text) ? false : text;
  }
  if (type === "number") return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === "multiselect")
    return text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  return text;
}

function faultOf(
  prompt: Prompt,
  { value, answers }: { value: unknown; answers: Answers },
): string | undefined {
  const known = choicesOf(prompt, answers).map((choice) =>
    typeof choice === "string" ? choice : choice.value,
  );
  const list = `wanted one of ${known.map((each) => `"${each}"`).join(", ")}`;
  switch (prompt.type) {
    case "confirm":
      return typeof value === "boolean" ? undefined : "wanted yes or no";
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? undefined : "wanted a number";
    case "select":
      return known.includes(value as string) ? undefined : list;
    case "multiselect":
      return Array.isArray(value) && value.every((each) => known.includes(each as string)) ? undefined : list;
    default:
      return typeof value === "string" && (value !== "" || prompt.optional === true)
        ? undefined
        : "wanted text";
  }
}

function invalidAnswer({ source, value, reason }: { source: string; value: unknown; reason: string }): Error {
  const shown = typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  const start = source.charAt(0).toUpperCase() + source.slice(1);
  return generatorError("DEXT_GENERATE_ANSWER_INVALID", `${start} is ${shown}, ${reason}`, {
    details: { reason },
  });
}
