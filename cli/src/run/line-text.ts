import { stripVTControlCharacters } from "node:util";

/**
 * A line of a resource as it is shown beside others: colours only where they are wanted and never past its end,
 * nothing that moves the cursor or clears the screen, and of a line that overwrites itself with carriage returns
 * (`10 %\r20 %\r`) what is left to see.
 */
export function lineText(text: string, { coloured }: { coloured: boolean }): string {
  const seen = text.includes("\r") ? afterCarriageReturns(text) : text;
  if (!seen.includes("\u001b")) return seen;
  if (!coloured) return stripVTControlCharacters(seen);
  const styled = seen.replace(otherSequences, "");
  return styled.includes("\u001b") ? `${styled}\u001b[0m` : styled;
}

/** Control sequences that do not end in `m`, which is colour: `ESC [ 2 J`, `ESC [ H`, `ESC c` … OSC 8 links stay. */
const otherSequences =
  // oxlint-disable-next-line no-control-regex
  /\u001b\[[0-?]*[ -/]*(?!m)[@-~]|\u001b[78cDEHM=>]|\u001b\](?!8;)[^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

function afterCarriageReturns(text: string): string {
  const trimmed = text.replace(/\r+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("\r") + 1);
}
