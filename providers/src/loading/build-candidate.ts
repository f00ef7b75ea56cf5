import type { Clock } from "@dext/core";
import type { ConfigDefinition } from "../definition/define-config.ts";
import { coerceTree } from "../schema/coerce.ts";
import type { Shape } from "../schema/shape.ts";
import { validateTree } from "../schema/validate.ts";
import type { Validated } from "../schema/validate.ts";
import { secretTest } from "../snapshot/snapshot.ts";
import type { ObjectNode } from "../tree/config-tree.ts";
import { isWithin } from "../tree/config-path.ts";
import { mergeTrees } from "../tree/merge.ts";
import type { MergeOptions } from "../tree/merge.ts";
import { resolveReferences } from "../tree/resolve-references.ts";

/** What the layers hold → one tree that fits the schema. Changes nothing, so that a bad one can be thrown away. */
export async function buildCandidate(
  trees: readonly ObjectNode[],
  {
    definition,
    shape,
    clock,
    signal,
  }: { definition: ConfigDefinition; shape: Shape | undefined; clock: Clock; signal?: AbortSignal },
): Promise<Validated> {
  const isSecret = secretTest(definition.secrets);
  const merged = mergeTrees(trees, mergeOptions(definition, shape));
  const resolved = resolveReferences(merged, { isSecret: (path) => isSecret(path, undefined) });
  const coerced = coerceTree(resolved, shape);
  return validateTree(coerced, {
    schema: definition.schema,
    shape,
    strict: definition.strict,
    isSecret,
    timeout: definition.validationTimeout,
    clock,
    signal,
  });
}

/** How the definition wants its layers merged. */
export function mergeOptions(definition: ConfigDefinition, shape: Shape | undefined): MergeOptions {
  const { lists, emptyAsUndefined } = definition;
  return {
    shape,
    emptyAsUndefined,
    listRule: (path) =>
      lists.find((each) => each.path.length === path.length && isWithin(path, each.path))?.rule ?? "replace",
  };
}
