const escape = "\u001b";

// Sequences that begin with ESC: CSI (colours, cursor), OSC (titles, links), strings of other kinds, two characters.
const sequences =
  // eslint-disable-next-line no-control-regex
  /\u001b(?:\[(?<parameters>[0-?]*)[ -/]*(?<final>[@-~])|\](?<osc>[^\u0007\u001b]*)(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-~]|$)/g;

// Characters that move the cursor or ring the bell; a tab is harmless.
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

// eslint-disable-next-line no-control-regex
const allControls = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

const resetColour = `${escape}[0m`;
const endLink = `${escape}]8;;${escape}\\`;

/**
 * A line as it can be printed below and above lines of others: colours and links stay, when colour is wanted, and end
 * with the line; what moves the cursor, clears the screen or sets a title is left out; of a line that was overwritten
 * after a carriage return only the last state is shown.
 */
export function printableText(text: string, { colour }: { colour: boolean }): string {
  if (!controls.test(text)) return text;
  let coloured = false;
  let linked = false;
  const kept = lastState(text).replaceAll(sequences, (whole, ...rest) => {
    const { parameters = "", final, osc } = rest.at(-1) as Record<string, string | undefined>;
    if (!colour) return "";
    if (final === "m") {
      coloured = !/(?:^|;)0*$/.test(parameters);
      return whole;
    }
    if (osc?.startsWith("8;") !== true) return "";
    linked = !osc.endsWith(";");
    return whole;
  });
  const clean = kept.replaceAll(allControls, "");
  return `${clean}${linked ? endLink : ""}${coloured ? resetColour : ""}`;
}

function lastState(text: string): string {
  const states = text.split("\r");
  return states.findLast((state) => state !== "") ?? "";
}
