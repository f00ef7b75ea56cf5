type Token =
  | { kind: "any" }
  | { kind: "star" }
  | { kind: "one"; character: string }
  | { kind: "set"; isNegated: boolean; ranges: readonly (readonly [string, string])[] };

/** Says whether a text fits the pattern it was made from. */
export type GlobMatcher = (text: string) => boolean;

/**
 * A matcher for the patterns of `KEYS`, `SCAN` and `PSUBSCRIBE`: `*`, `?`, `[abc]`, `[a-c]`, `[^a]`, `\` takes the
 * next character as it stands.
 */
export function compileGlob(pattern: string): GlobMatcher {
  if (pattern === "*") return () => true;
  const tokens = tokenize(pattern);
  if (tokens.every((token) => token.kind === "one")) {
    const literal = tokens.map((token) => token.character).join("");
    return (text) => text === literal;
  }
  return (text) => matches(tokens, text);
}

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (character === "?") {
      tokens.push({ kind: "any" });
    } else if (character === "[") {
      const { token, end } = readSet(pattern, at + 1);
      tokens.push(token);
      at = end;
    } else {
      if (character === "\\" && at + 1 < pattern.length) at++;
      tokens.push({ kind: "one", character: pattern[at] as string });
    }
  }
  return tokens;
}

/** Reads from behind `[` to the `]` that ends it; a set that never ends takes the rest of the pattern. */
function readSet(pattern: string, start: number): { token: Token; end: number } {
  const isNegated = pattern[start] === "^";
  const ranges: [string, string][] = [];
  let at = isNegated ? start + 1 : start;
  for (; at < pattern.length && pattern[at] !== "]"; at++) {
    if (pattern[at] === "\\" && at + 1 < pattern.length) {
      at++;
      ranges.push([pattern[at] as string, pattern[at] as string]);
    } else if (pattern[at + 1] === "-" && at + 2 < pattern.length) {
      const [from, to] = [pattern[at] as string, pattern[at + 2] as string];
      ranges.push(from <= to ? [from, to] : [to, from]);
      at += 2;
    } else {
      ranges.push([pattern[at] as string, pattern[at] as string]);
    }
  }
  return { token: { kind: "set", isNegated, ranges }, end: at };
}

/** Goes back to the last star only, so that the time grows with the product of the lengths at worst. */
function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      starToken = token++;
      starAt = at;
    } else if (current !== undefined && fits(current, text[at] as string)) {
      token++;
      at++;
    } else if (starToken !== -1) {
      token = starToken + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === "star") token++;
  return token === tokens.length;
}

function fits(token: Token, character: string): boolean {
  if (token.kind === "one") return token.character === character;
  if (token.kind !== "set") return true;
  return token.ranges.some(([from, to]) => character >= from && character <= to) !== token.isNegated;
}
