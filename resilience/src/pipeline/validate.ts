import { toMilliseconds } from "@dext/core";
import type { Duration } from "@dext/core";
import { resilienceError } from "../rejections.ts";
import type { OptionProblem, OwnProblem, Strategy } from "./layer.ts";

/**
 * Judges all strategies at once: each one's own options, then how they fit together.
 *
 * @throws DextError `DEXT_RESILIENCE_OPTIONS_INVALID`, whose `details.problems` hold every one.
 */
export function validateStrategies(pipeline: string, strategies: readonly Strategy[]): void {
  const problems = strategies.flatMap((strategy, index) => [
    ...strategy.problems.map((problem) => ({ strategy: place(strategy, index), ...problem })),
    ...surroundingProblems(strategies, index),
  ]);
  if (problems.length === 0) return;
  refuseOptions(`The options of the pipeline "${pipeline}" do not fit`, problems);
}

/** Throws one error for all problems. */
export function refuseOptions(
  subject: string,
  problems: readonly (OwnProblem & { strategy?: string })[],
): never {
  const lines = problems.map(({ strategy, option, current, wanted: want }) => {
    const owner = strategy === undefined ? "" : `${strategy}: `;
    return `${owner}${option} is ${current}, wanted ${want}`;
  });
  throw resilienceError("DEXT_RESILIENCE_OPTIONS_INVALID", `${subject}: ${lines.join("; ")}`, {
    hint: "Strategies stand in the order of adding, the outermost first.",
    details: { problems },
  });
}

/** A problem with one option; the value is quoted as JSON. */
export function wanted(option: string, current: unknown, text: string): OwnProblem {
  const shown = typeof current === "function" ? "a function" : JSON.stringify(current);
  // JSON has no NaN or Infinity and no undefined.
  return {
    option,
    current: typeof current === "number" || shown === undefined ? String(current) : shown,
    wanted: text,
  };
}

/** Reads a duration and notes when it is none, or shorter than `minimum` milliseconds. */
export function readDuration(
  problems: OwnProblem[],
  option: string,
  { value, minimum = 0 }: { value: Duration; minimum?: number },
): number {
  try {
    const milliseconds = toMilliseconds(value);
    if (milliseconds >= minimum) return milliseconds;
  } catch {
    // Told below, with all other problems.
  }
  problems.push(wanted(option, value, minimum === 0 ? "a duration" : `a duration of at least ${minimum} ms`));
  return minimum;
}

/** Notes when a number is not whole or below `minimum`. */
export function checkCount(
  problems: OwnProblem[],
  option: string,
  { value, minimum, endless = false }: { value: number; minimum: number; endless?: boolean },
): void {
  if (endless && value === Number.POSITIVE_INFINITY) return;
  if (Number.isInteger(value) && value >= minimum) return;
  const text = `a whole number of at least ${minimum}`;
  problems.push(wanted(option, value, endless ? `${text}, or Infinity` : text));
}

/** What is wrong with a strategy because of those outside of it. */
function surroundingProblems(strategies: readonly Strategy[], index: number): OptionProblem[] {
  const strategy = strategies[index] as Strategy;
  const outside = strategies.slice(0, index);
  const problems: OptionProblem[] = [];
  const { timeout } = strategy.facts;
  if (timeout === undefined) return problems;
  const shortest = Math.min(...outside.map(({ facts }) => facts.timeout ?? Number.POSITIVE_INFINITY));
  if (timeout > shortest) {
    problems.push({
      strategy: place(strategy, index),
      option: "timeout",
      current: `${timeout} ms`,
      wanted: `at most ${shortest} ms, the timeout outside of it`,
    });
  }
  for (const [position, breaker] of outside.entries()) {
    const { sampling } = breaker.facts;
    if (sampling === undefined || sampling >= 2 * timeout) continue;
    problems.push({
      strategy: place(breaker, position),
      option: "sampling",
      current: `${sampling} ms`,
      wanted: `at least ${2 * timeout} ms, twice the timeout inside of it, or slow failures leave the window before they count`,
    });
  }
  return problems;
}

function place({ name }: Strategy, index: number): string {
  return `${name} (strategy ${index + 1})`;
}
