import type { ParameterModel } from "../model/resource-model.ts";
import { ParameterStore } from "./parameter-store.ts";

/**
 * The parameters of a run apart from others: in its own folder, beginning with what a person was once asked for. What is
 * generated is generated anew, since it belongs to data that this run does not have.
 */
export async function openIsolatedParameters(
  parameters: readonly ParameterModel[],
  { from, into }: { from: string; into: string },
): Promise<ParameterStore> {
  const [usual, own] = await Promise.all([ParameterStore.open(from), ParameterStore.open(into)]);
  const asked = parameters.flatMap(({ name, generate }) => {
    const value = generate === undefined ? usual.get(name) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  await own.keep(Object.fromEntries(asked));
  return own;
}
