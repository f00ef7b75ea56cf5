import process from "node:process";

/** Colours text, or leaves it as it is. */
export interface Style {
  readonly coloured: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  /** One of a few well distinguishable colours, the same for the same index. */
  nth(index: number, text: string): string;
}

/** What decides whether a stream gets colour. */
export interface StyleOptions {
  stream: { readonly isTTY?: boolean };
  environment?: Readonly<Record<string, string | undefined>>;
}

/** The style of a stream: colour on a terminal, unless `NO_COLOR` says no or `FORCE_COLOR` says otherwise. */
export function styleFor({ stream, environment = process.env }: StyleOptions): Style {
  const coloured = wantsColour(stream.isTTY === true, environment);
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      coloured && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    coloured,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
    nth: (index, text) => paint(resourceColours[index % resourceColours.length] ?? 36, 39)(text),
  };
}

/** Without red, which means failure; each can be read on dark and light ground. */
const resourceColours = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/** https://no-color.org: any value but the empty one turns colour off. `FORCE_COLOR=0` does so too, other values turn it on. */
function wantsColour(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && environment["TERM"] !== "dumb";
}
