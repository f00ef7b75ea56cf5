import { isDextError } from "@dext/core";

import { generatorError } from "../generator-error.ts";
import type { GeneratorDefinition } from "./definition.ts";

/** What the code of a generator threw, told as its mistake and not as one of ours. */
export function generatorFailure(name: string, error: unknown): Error {
  if (isDextError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return generatorError("DEXT_GENERATE_GENERATOR_FAILED", `The generator "${name}" failed: ${reason}`, {
    hint: "Nothing was written. The mistake is in the generator's code.",
    cause: error,
    details: { generator: name },
  });
}

/** A generator whose functions, also those of its prompts, fail as a {@link generatorFailure}. */
export function guardGenerator(definition: GeneratorDefinition): GeneratorDefinition {
  const { name, prompts } = definition;
  const guarded = guardFunctions(definition, name);
  if (prompts === undefined) return guarded;
  return { ...guarded, prompts: prompts.map((prompt) => guardFunctions(prompt, name)) };
}

function guardFunctions<Value extends object>(value: Value, name: string): Value {
  const entries = Object.entries(value).map(([key, each]: [string, unknown]) => [
    key,
    typeof each === "function" ? guard(each as (...values: unknown[]) => unknown, { name, of: value }) : each,
  ]);
  return Object.fromEntries(entries) as Value;
}

function guard(
  run: (...values: unknown[]) => unknown,
  { name, of }: { name: string; of: object },
): (...values: unknown[]) => unknown {
  return (...values) => {
    try {
      const result = run.apply(of, values);
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => Promise.reject(generatorFailure(name, error)));
    } catch (error) {
      throw generatorFailure(name, error);
    }
  };
}
