import { isDextError } from "@dext/core";

import { generatorError } from "../generator-error.ts";
import type { Answers, Choice, Prompt } from "../generator/definition.ts";
import { checkAnswer, choicesOf } from "./check-answer.ts";

/** A question as a person is asked it. */
export interface Question {
  readonly name: string;
  readonly type: Prompt["type"];
  readonly message: string;
  readonly choices: readonly Choice[];
  /** What is proposed. */
  readonly initial: unknown;
  /** What is wrong with an answer; undefined when it is right. */
  readonly validate: (value: unknown) => string | undefined;
}

/** Asks a person. Rejects with an `AbortError`, or resolves to nothing, when they end it. */
export type Ask = (question: Question) => Promise<unknown>;

/** Where answers come from; the first that has one counts. */
export interface AnswerSources {
  /** Flags of the command line; text is turned into what the prompt takes. */
  readonly flags?: Answers;
  /** The file of `--answers`. */
  readonly file?: Answers;
  /** Answers of an earlier run. */
  readonly saved?: Answers;
  /** What the target tells; a function is asked when its turn comes, with the answers so far. */
  readonly detected?: Answers;
  /** Asks for what is still missing; without it missing answers fail. */
  readonly ask?: Ask;
}

/**
 * The answers to prompts: flags > file > saved > detected > default > question. Answers of prompts that do not apply
 * are left out.
 *
 * @throws DextError `DEXT_GENERATE_ANSWERS_MISSING` naming all flags at once, `DEXT_GENERATE_ANSWER_INVALID`,
 * `DEXT_GENERATE_CANCELLED`
 */
export async function resolveAnswers(prompts: readonly Prompt[], sources: AnswerSources): Promise<Answers> {
  const { flags = {} } = sources;
  checkFlags(prompts, flags);
  const answers: Record<string, unknown> = {};
  const missing: Prompt[] = [];
  for (const prompt of prompts) {
    if (!applies(prompt, { answers, hasMissing: missing.length > 0 })) {
      // Beside answers that are missing nobody knows yet; those are told first.
      if (missing.length === 0) refuseFlag(prompt, flags);
      continue;
    }
    const given = await givenAnswer(prompt, sources, answers);
    if (given !== undefined && !(given.isProposal && prompt.propose === true && sources.ask !== undefined)) {
      answers[prompt.name] = checkAnswer(prompt, { ...given, answers });
    } else if (sources.ask !== undefined) {
      answers[prompt.name] = await askFor(prompt, { ask: sources.ask, answers, initial: given?.value });
    } else if (prompt.optional !== true) missing.push(prompt);
  }
  if (missing.length > 0) throw missingAnswers(missing);
  return answers;
}

/** The flag of a prompt: `packageManager` → `--package-manager`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

interface Given {
  readonly value: unknown;
  /** For messages. */
  readonly source: string;
  readonly isFlag?: boolean;
  /** Of an earlier run, which has kept it as the prompt's filter gave it. */
  readonly isFiltered?: boolean;
  /** A default, or one that there may be more to say to by now: a person may be asked nevertheless. */
  readonly isProposal: boolean;
}

async function givenAnswer(
  prompt: Prompt,
  { flags = {}, file = {}, saved = {}, detected = {} }: AnswerSources,
  answers: Answers,
): Promise<Given | undefined> {
  const { name, type, default: standard } = prompt;
  const candidates: readonly Given[] = [
    { value: own(flags, name), source: flagOf(name), isFlag: true, isProposal: false },
    { value: own(file, name), source: `"${name}" of the answers file`, isProposal: false },
    {
      value: stillThere(own(saved, name), { prompt, answers }),
      source: `the saved answer "${name}"`,
      isFiltered: true,
      // There may be more to choose from by now.
      isProposal: type === "multiselect",
    },
  ];
  const known = candidates.find(({ value }) => value !== undefined);
  if (known !== undefined) return known;
  const found = await detectedAnswer(own(detected, name), answers);
  if (found !== undefined) return { value: found, source: `the detected "${name}"`, isProposal: false };
  if (standard === undefined) return undefined;
  return { value: standard, source: `the default of "${name}"`, isProposal: true };
}

async function detectedAnswer(detected: unknown, answers: Answers): Promise<unknown> {
  return typeof detected === "function" ? ((await detected(answers)) as unknown) : detected;
}

/** A saved choice of several, without those that there are no longer. */
function stillThere(value: unknown, { prompt, answers }: { prompt: Prompt; answers: Answers }): unknown {
  if (prompt.type !== "multiselect" || !Array.isArray(value)) return value;
  const known = choicesOf(prompt, answers).map((choice) =>
    typeof choice === "string" ? choice : choice.value,
  );
  return (value as unknown[]).filter((each) => known.includes(each as string));
}

async function askFor(
  prompt: Prompt,
  { ask, answers, initial }: { ask: Ask; answers: Answers; initial: unknown },
): Promise<unknown> {
  const check = (value: unknown): unknown =>
    checkAnswer(prompt, { value, source: `the answer to "${prompt.name}"`, answers });
  const value = await askPerson(ask, {
    name: prompt.name,
    type: prompt.type,
    message: prompt.message,
    choices: choicesOf(prompt, answers),
    initial,
    validate(candidate) {
      try {
        check(candidate);
        return undefined;
      } catch (error) {
        if (!isDextError(error)) throw error;
        return typeof error.details["reason"] === "string" ? error.details["reason"] : error.message;
      }
    },
  });
  return check(value);
}

async function askPerson(ask: Ask, question: Question): Promise<unknown> {
  let value: unknown;
  try {
    value = await ask(question);
  } catch (error) {
    if ((error as Error | undefined)?.name !== "AbortError") throw error;
  }
  if (value !== undefined) return value;
  throw generatorError("DEXT_GENERATE_CANCELLED", `The questions were ended at "${question.name}"`, {
    hint: "Nothing was written.",
  });
}

/** While an earlier answer is missing, a condition that it may depend on is not known: the prompt is not named then. */
function applies(
  { when }: Prompt,
  { answers, hasMissing }: { answers: Answers; hasMissing: boolean },
): boolean {
  if (when === undefined) return true;
  try {
    return when(answers);
  } catch (error) {
    if (hasMissing) return false;
    throw error;
  }
}

function checkFlags(prompts: readonly Prompt[], flags: Answers): void {
  const names = new Set(prompts.map(({ name }) => name));
  const unknown = Object.keys(flags).find((name) => flags[name] !== undefined && !names.has(name));
  if (unknown === undefined) return;
  throw generatorError("DEXT_GENERATE_ANSWER_INVALID", `${flagOf(unknown)} is no answer of this generator`, {
    hint: names.size === 0 ? "It asks nothing." : `It takes ${[...names].map(flagOf).join(", ")}.`,
    details: { name: unknown },
  });
}

function refuseFlag({ name }: Prompt, flags: Answers): void {
  if (own(flags, name) === undefined) return;
  throw generatorError(
    "DEXT_GENERATE_ANSWER_INVALID",
    `${flagOf(name)} has no meaning beside the other answers`,
    {
      hint: `Leave out ${flagOf(name)}, or change the answers that it depends on.`,
      details: { name },
    },
  );
}

function missingAnswers(prompts: readonly Prompt[]): Error {
  const flags = prompts.map(({ name }) => flagOf(name));
  const names = prompts.map(({ name }) => name);
  return generatorError(
    "DEXT_GENERATE_ANSWERS_MISSING",
    `Answers are missing: ${names.map((name) => `"${name}"`).join(", ")}`,
    {
      hint: `Give ${flags.map((flag) => `${flag} <value>`).join(" ")}, or a file with --answers.`,
      details: { answers: names, flags },
    },
  );
}

function own(values: Answers, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
