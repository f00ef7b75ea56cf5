import { hashOf } from "../plan/file-state.ts";

/** A text as part of a unit's name; those that look alike without their special characters stay apart. */
export function unitSlug(text: string): string {
  const plain = text.replaceAll(/[^\w.-]+/g, "-").slice(0, 80);
  return plain === text ? plain : `${plain}-${hashOf(text).slice(7, 13)}`;
}
