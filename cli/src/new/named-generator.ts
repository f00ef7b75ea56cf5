import { parseArgs } from "node:util";
import { findGenerator, settlePrompts } from "@dext/generators";
import type { GeneratorDefinition, Prompt } from "@dext/generators";
import type { OptionDescription } from "../command.ts";
import { findRoot } from "./find-root.ts";

/** What a command line of `dext new` is about. */
export interface NamedGenerator {
  readonly definition: GeneratorDefinition;
  readonly prompts: readonly Prompt[];
}

/**
 * The generator that a command line names, with its prompts; undefined when it names none.
 *
 * @throws DextError `DEXT_GENERATE_GENERATOR_UNKNOWN`, and what the prompts of the generator need and do not find
 */
export async function namedGenerator(
  args: readonly string[],
  options: Readonly<Record<string, OptionDescription>>,
): Promise<NamedGenerator | undefined> {
  const { positionals, values } = looseArgs(args, options);
  const [name] = positionals;
  if (name === undefined) return undefined;
  const target = findRoot();
  const definition = await findGenerator(name, { target });
  try {
    // The options that prompts may depend on, as they stand: they are checked when they are known.
    const settled = await settlePrompts(definition, { target, given: values });
    return { definition, prompts: settled.prompts ?? [] };
  } catch (error) {
    // Help is given also where there is nothing to work on.
    if (values["help"] === true || values["h"] === true)
      return { definition, prompts: definition.prompts ?? [] };
    throw error;
  }
}

/** Reads a command line whose options are not all known yet. */
function looseArgs(
  args: readonly string[],
  options: Readonly<Record<string, OptionDescription>>,
): { positionals: string[]; values: Record<string, unknown> } {
  const known = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { positionals, values } = parseArgs({
    args: [...args],
    options: { ...known, compose: { type: "string" } },
    allowPositionals: true,
    strict: false,
  });
  return { positionals, values: { ...values } };
}
