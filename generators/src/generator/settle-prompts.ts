import { openTargetTree } from "../plan/target-tree.ts";
import type { Answers, GeneratorDefinition } from "./definition.ts";
import { defineGenerator } from "./definition.ts";
import { guardGenerator } from "./generator-failure.ts";

/**
 * A generator with all its prompts, those that depend on the target included. What its code throws is told as its own
 * mistake, `DEXT_GENERATE_GENERATOR_FAILED`.
 *
 * @param options.given what is known of the answers, as some prompts depend on others
 *
 * @throws DextError `DEXT_GENERATE_GENERATOR_INVALID`, and what its `morePrompts` throws
 */
export async function settlePrompts(
  definition: GeneratorDefinition,
  { target, given = {} }: { target: string; given?: Answers },
): Promise<GeneratorDefinition> {
  const { morePrompts, prompts = [], ...rest } = definition;
  if (morePrompts === undefined) return guardGenerator(definition);
  const tree = openTargetTree(target);
  const more = await guardGenerator(definition).morePrompts?.({ target: tree.root, tree, given });
  return guardGenerator(defineGenerator({ ...rest, prompts: [...prompts, ...(more ?? [])] }));
}
