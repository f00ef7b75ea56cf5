/** How text looks, as far as SGR sequences say. */
export interface Sgr {
  /** Parameters of the foreground, such as `31` or `38;5;208`; empty for the terminal's own. */
  readonly foreground: string;
  readonly background: string;
  /** Bold, dim, italic, underlined, inverse, struck out. */
  readonly attributes: readonly number[];
}

/** The terminal's own look. */
export const plainSgr: Sgr = { foreground: "", background: "", attributes: [] };

/** Without blinking, which nobody wants in a log, and concealed text, which there is no reason to hide. */
const attributeCodes = new Set([1, 2, 3, 4, 7, 9]);
const endsOf: Readonly<Record<number, readonly number[]>> = {
  22: [1, 2],
  23: [3],
  24: [4],
  27: [7],
  29: [9],
};

/** The look after a sequence `ESC [ <parameters> m`. */
export function applySgr(sgr: Sgr, parameters: string): Sgr {
  const codes = parameters.split(";");
  let next = sgr;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? "";
    if (code.includes(":")) next = applyWithColons(next, code);
    else if (code === "38" || code === "48") {
      const colour = readColour(codes, at);
      if (colour === undefined) return next;
      next = withColour(next, colour);
      at += colour.length - 1;
    } else next = applyCode(next, Number(code === "" ? 0 : code));
  }
  return next;
}

/** The parameters that give this look to text in the terminal's own; empty for {@link plainSgr}. */
export function sgrParameters({ foreground, background, attributes }: Sgr): string {
  return [...attributes.map(String), foreground, background].filter((part) => part !== "").join(";");
}

function applyCode(sgr: Sgr, code: number): Sgr {
  if (code === 0) return plainSgr;
  if (attributeCodes.has(code)) return withAttribute(sgr, code);
  // Underlined twice, where that is known.
  if (code === 21) return withAttribute(sgr, 4);
  const ended = endsOf[code];
  if (ended !== undefined) {
    return { ...sgr, attributes: sgr.attributes.filter((attribute) => !ended.includes(attribute)) };
  }
  if (isBetween(code, 30, 37) || isBetween(code, 90, 97)) return { ...sgr, foreground: String(code) };
  if (isBetween(code, 40, 47) || isBetween(code, 100, 107)) return { ...sgr, background: String(code) };
  if (code === 39) return { ...sgr, foreground: "" };
  return code === 49 ? { ...sgr, background: "" } : sgr;
}

function withAttribute(sgr: Sgr, code: number): Sgr {
  return sgr.attributes.includes(code) ? sgr : { ...sgr, attributes: [...sgr.attributes, code] };
}

/** `38;5;208` or `38;2;255;135;0`. */
function readColour(codes: readonly string[], at: number): string[] | undefined {
  const length = codes[at + 1] === "5" ? 3 : codes[at + 1] === "2" ? 5 : undefined;
  if (length === undefined || codes.length < at + length) return undefined;
  return codes.slice(at, at + length);
}

function withColour(sgr: Sgr, colour: readonly string[]): Sgr {
  if (!colour.every((part) => /^\d{1,3}$/.test(part))) return sgr;
  const text = colour.join(";");
  return colour[0] === "38" ? { ...sgr, foreground: text } : { ...sgr, background: text };
}

/** `4:3` (a wavy line), `38:5:208`, `38:2::255:135:0` or `38:2:255:135:0`. */
function applyWithColons(sgr: Sgr, code: string): Sgr {
  const parts = code.split(":");
  if (parts[0] === "4") return applyCode(sgr, parts[1] === "0" ? 24 : 4);
  if (parts[0] !== "38" && parts[0] !== "48") return sgr;
  if (parts[1] === "2" && parts.length === 6) parts.splice(2, 1);
  const colour = readColour(parts, 0);
  return colour === undefined ? sgr : withColour(sgr, colour);
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
