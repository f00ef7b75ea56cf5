import type { ConfigNote } from "../definition/provider.ts";
import type { Origin } from "../tree/config-tree.ts";

/** What to say of an integer that a number cannot hold: of `12345678901234567890` it keeps `12345678901234567000`. */
export function lostDigits(value: unknown, origin: Origin): readonly ConfigNote[] {
  if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return [];
  return [
    { message: "The number has more digits than are kept; put it in quotes, where a text will do", origin },
  ];
}
