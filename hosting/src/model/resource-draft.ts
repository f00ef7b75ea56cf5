import type { ResourceModel } from "./resource-model.ts";

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K];
};

/** A resource while the builder still works on it. */
export type ResourceDraft = Mutable<ResourceModel>;

/** The parts of a resource that are lists, and those that are objects: a new one has to be named below. */
type KeysOf<Part> = {
  [K in keyof ResourceModel]-?: NonNullable<ResourceModel[K]> extends Part ? K : never;
}[keyof ResourceModel];
type Lists = Pick<ResourceModel, KeysOf<readonly unknown[]>>;
type Objects = Pick<ResourceModel, Exclude<KeysOf<object>, keyof Lists>>;

/** A copy that nobody can change. Callbacks, definitions and regular expressions stay the objects that they are. */
export function freezeDraft(draft: ResourceDraft): ResourceModel {
  const { launcherOrder, connection, restart, watch, dataVolume } = draft;
  const lists: Lists = {
    endpoints: freezeAll(draft.endpoints),
    launchers: freezeAll(draft.launchers),
    references: freezeAll(draft.references),
    waits: freezeAll(draft.waits),
    environment: freezeAll(draft.environment),
    args: freezeAll(draft.args),
    healthChecks: freezeAll(draft.healthChecks),
    logReadiness: freezeAll(draft.logReadiness),
    mounts: freezeAll(draft.mounts),
    commands: freezeAll(draft.commands),
    configurations: freezeAll(draft.configurations),
    seeds: freezeAll(draft.seeds),
    profiles: freezeAll(draft.profiles),
    ...(launcherOrder === undefined ? {} : { launcherOrder: freezeAll(launcherOrder) }),
  };
  const objects: Objects = {
    ...(connection === undefined ? {} : { connection: freezeItem(connection) }),
    ...(restart === undefined ? {} : { restart: freezeItem(restart) }),
    ...(watch === undefined ? {} : { watch: freezeItem(watch) }),
    ...(dataVolume === undefined ? {} : { dataVolume: freezeItem(dataVolume) }),
  };
  return Object.freeze({ ...draft, ...lists, ...objects });
}

function freezeAll<Item>(items: readonly Item[]): readonly Item[] {
  return Object.freeze(items.map((item) => freezeItem(item)));
}

function freezeItem<Item>(item: Item): Item {
  const isPlain =
    typeof item === "object" && item !== null && Object.getPrototypeOf(item) === Object.prototype;
  return isPlain ? Object.freeze({ ...item }) : item;
}
