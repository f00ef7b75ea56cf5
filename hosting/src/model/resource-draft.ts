import type { ResourceModel } from "./resource-model.ts";

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K];
};

/** A resource while the builder still works on it. */
export type ResourceDraft = Mutable<ResourceModel>;

/** A copy that nobody can change. Callbacks, definitions and regular expressions stay the objects that they are. */
export function freezeDraft(draft: ResourceDraft): ResourceModel {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(draft)) {
    copy[key] = Array.isArray(value) ? Object.freeze(value.map(freezeItem)) : freezeItem(value);
  }
  return Object.freeze(copy) as unknown as ResourceModel;
}

function freezeItem(item: unknown): unknown {
  const isPlain =
    typeof item === "object" && item !== null && Object.getPrototypeOf(item) === Object.prototype;
  return isPlain ? Object.freeze({ ...item }) : item;
}
