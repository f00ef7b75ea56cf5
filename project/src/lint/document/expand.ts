/** What is known of a variable: its value, `null` when it is declared without one, nothing when it is not declared. */
export type VariableLookup = (name: string) => string | null | undefined;

/** A variable that a word uses. */
export interface VariableUse {
  name: string;
  /** Whether the word says what stands for it when it is not set, as in `${TAG:-latest}`. */
  guarded: boolean;
}

/** A word with its variables put in. */
export interface ExpandedWord {
  /** Nothing when the value of a variable, or what a modifier makes of it, cannot be known. */
  value: string | undefined;
  uses: readonly VariableUse[];
}

/** Puts variables into a word and takes its quotes away, in the way of BuildKit. */
export function expandWord(
  raw: string,
  lookup: VariableLookup,
  options: { escape: string; depth?: number },
): ExpandedWord {
  // Nobody nests modifiers as deep as that.
  if ((options.depth ?? 0) > 20) return { value: undefined, uses: [] };

  const uses: VariableUse[] = [];
  let value: string | undefined = "";
  const append = (part: string | undefined): void => {
    value = value === undefined || part === undefined ? undefined : value + part;
  };
  let quote = "";
  let position = 0;
  while (position < raw.length) {
    const character = raw[position] ?? "";
    if (character === options.escape && quote !== "'" && position + 1 < raw.length) {
      append(raw[position + 1]);
      position += 2;
    } else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      position += 1;
    } else if (character === quote) {
      quote = "";
      position += 1;
    } else if (character === "$" && quote !== "'") {
      const read = readVariable(raw, position, { lookup, escape: options.escape, depth: options.depth ?? 0 });
      uses.push(...read.uses);
      append(read.value);
      position = read.end;
    } else {
      append(character);
      position += 1;
    }
  }
  return { value, uses };
}

interface ReadOptions {
  lookup: VariableLookup;
  escape: string;
  /** How many modifiers it stands in. */
  depth: number;
}

/** Reads `$NAME`, `${NAME}` or `${NAME:-word}` at a position. */
function readVariable(raw: string, start: number, options: ReadOptions): ExpandedWord & { end: number } {
  const plain = /^\$(?<name>[A-Za-z_][A-Za-z0-9_]*)/.exec(raw.slice(start));
  if (plain?.groups?.["name"] !== undefined) {
    const { name } = plain.groups;
    return {
      value: options.lookup(name) ?? "",
      uses: [{ name, guarded: false }],
      end: start + plain[0].length,
    };
  }
  const braced = /^\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)/.exec(raw.slice(start));
  if (braced?.groups?.["name"] === undefined) return { value: "$", uses: [], end: start + 1 };
  const { name } = braced.groups;
  const afterName = start + braced[0].length;
  const end = closingBrace(raw, afterName);
  return { ...modified(name, raw.slice(afterName, end), options), end: end + 1 };
}

/** What `${NAME<modifier>}` stands for. */
function modified(name: string, modifier: string, { lookup, escape, depth }: ReadOptions): ExpandedWord {
  const known = lookup(name);
  const match = /^(?<colon>:?)(?<sign>[-+?])(?<word>[\s\S]*)$/.exec(modifier);
  if (match?.groups === undefined) {
    // ${NAME#pattern} and its like: used as it is, and what comes out is not worked out here.
    return { value: modifier === "" ? (known ?? "") : undefined, uses: [{ name, guarded: false }] };
  }
  const { colon = "", sign = "", word = "" } = match.groups;
  const isSet = colon === "" ? known !== undefined && known !== null : (known ?? "") !== "";
  const inner = expandWord(word, lookup, { escape, depth: depth + 1 });
  // ${NAME:+$NAME:} puts it in only where it is set.
  const isAsked = (use: VariableUse): boolean => sign === "+" && use.name === name;
  const uses = [
    { name, guarded: true },
    ...inner.uses.map((use) => (isAsked(use) ? { ...use, guarded: true } : use)),
  ];
  if (sign === "+") return { value: isSet ? inner.value : "", uses };
  return { value: isSet ? (known ?? "") : sign === "?" ? "" : inner.value, uses };
}

function closingBrace(raw: string, start: number): number {
  let depth = 1;
  for (let position = start; position < raw.length; position += 1) {
    if (raw[position] === "{") depth += 1;
    if (raw[position] === "}") depth -= 1;
    if (depth === 0) return position;
  }
  return raw.length;
}
