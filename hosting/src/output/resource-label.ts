import type { ResourceSnapshot } from "@dext/protocol";

/** How resources are called where their lines and states are shown: `api`, and `web.0` when `web` has several replicas. */
export interface ResourceLabels {
  /** Takes note of a resource that may not have been there at first. */
  learn(resources: readonly Pick<ResourceSnapshot, "name" | "replica">[]): void;
  label(resource: { name: string; replica: number }): string;
  /** As wide as the widest label. */
  padded(resource: { name: string; replica: number }): string;
  /** The place of a resource in the model, which its colour goes by. */
  index(name: string): number;
}

export function createResourceLabels(): ResourceLabels {
  const replicas = new Map<string, number>();
  let width = 0;
  const label = ({ name, replica }: { name: string; replica: number }): string =>
    (replicas.get(name) ?? 0) > 0 ? `${name}.${replica}` : name;
  return {
    learn(resources) {
      for (const { name, replica } of resources) {
        replicas.set(name, Math.max(replicas.get(name) ?? 0, replica));
      }
      for (const resource of resources) width = Math.max(width, label(resource).length);
    },
    label,
    padded: (resource) => label(resource).padEnd(width),
    index: (name) => Math.max(0, [...replicas.keys()].indexOf(name)),
  };
}
