/** A piece of a value in a Compose file: text, or a variable of whoever runs Compose. */
export type Piece =
  | { readonly text: string }
  /** `found`: the value in the `.env` beside the file, else the default that the place gives. */
  | { readonly variable: string; readonly found: string | undefined };

/**
 * The pieces of a value as Compose reads it: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${NAME:+other}`,
 * and `$$` for a dollar sign.
 *
 * https://docs.docker.com/reference/compose-file/interpolation/
 */
export function piecesOf(text: string, variables: ReadonlyMap<string, string>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const addText = (more: string): void => {
    const last = pieces.at(-1);
    if (more === "") return;
    if (last !== undefined && "text" in last) pieces[pieces.length - 1] = { text: last.text + more };
    else pieces.push({ text: more });
  };
  while (at < text.length) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1) break;
    addText(text.slice(at, dollar));
    const next = text[dollar + 1] ?? "";
    const plain = /^[A-Za-z_]\w*/.exec(text.slice(dollar + 1))?.[0];
    if (next === "$") {
      addText("$");
      at = dollar + 2;
    } else if (plain !== undefined) {
      pieces.push({ variable: plain, found: variables.get(plain) });
      at = dollar + 1 + plain.length;
    } else {
      const end = next === "{" ? closingBrace(text, dollar + 1) : -1;
      const inner = end === -1 ? undefined : bracedPieces(text.slice(dollar + 2, end), variables);
      for (const piece of inner ?? [{ text: "$" }]) {
        if ("text" in piece) addText(piece.text);
        else pieces.push(piece);
      }
      at = inner === undefined ? dollar + 1 : end + 1;
    }
  }
  addText(text.slice(at));
  return pieces;
}

/** A value with all variables filled in; undefined while one of them has no value. */
export function plainText(pieces: readonly Piece[]): string | undefined {
  const texts = pieces.map((piece) => ("text" in piece ? piece.text : piece.found));
  return texts.includes(undefined) ? undefined : texts.join("");
}

// NAME   NAME:-default   NAME-default   NAME:?message   NAME:+other
function bracedPieces(inner: string, variables: ReadonlyMap<string, string>): Piece[] | undefined {
  const match = /^([A-Za-z_]\w*)(?:(:?[-?+])([\s\S]*))?$/.exec(inner);
  const [, variable, operator = "", operand = ""] = match ?? [];
  if (variable === undefined) return undefined;
  const set = variables.get(variable);
  const counts = set !== undefined && (set !== "" || !operator.startsWith(":"));
  if (operator.endsWith("+")) return counts ? piecesOf(operand, variables) : [];
  if (counts) return [{ variable, found: set }];
  if (!operator.endsWith("-")) return [{ variable, found: undefined }];
  const pieces = piecesOf(operand, variables);
  const found = plainText(pieces);
  // A default that names others may have their secrets in it.
  const isWhole = found === undefined || pieces.every((piece) => "text" in piece);
  return isWhole ? [{ variable, found }] : pieces;
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
