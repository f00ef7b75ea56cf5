/** `["A=1", "B"]` and `{ A: 1, B: null }` are one thing. */
export function asMap(given: unknown): Record<string, unknown> {
  if (!Array.isArray(given)) return mapping(given);
  return Object.fromEntries(
    (given as unknown[]).map((item) => {
      const text = String(item);
      const at = text.indexOf("=");
      return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** A mapping as it is; anything else is an empty one. */
export function mapping(given: unknown): Record<string, unknown> {
  return isMapping(given) ? given : {};
}

/** Whether something is a mapping. */
export function isMapping(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
