import type { IndexedMap } from "../values/indexed-map.ts";

/**
 * Keys at random: up to `count` different ones, or −`count` that may repeat when it is negative.
 */
export function pickRandom<V>(collection: IndexedMap<V>, count: number, random: () => number): string[] {
  if (collection.size === 0) return [];
  if (count < 0) return Array.from({ length: -count }, () => collection.randomKey(random) as string);
  if (count >= collection.size) return [...collection.keys()];
  // Few out of many: draw until enough are different. Else: shuffle the beginning of all.
  if (count * 3 < collection.size) {
    const picked = new Set<string>();
    while (picked.size < count) picked.add(collection.randomKey(random) as string);
    return [...picked];
  }
  const keys = [...collection.keys()];
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(random() * (keys.length - index));
    [keys[index], keys[other]] = [keys[other] as string, keys[index] as string];
  }
  return keys.slice(0, count);
}
