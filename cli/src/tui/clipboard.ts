import { Buffer } from "node:buffer";

/** Terminals take so much and drop what is longer (xterm less, others more). */
const mostBytes = 74_000;

/** The sequence that has the terminal put text into the clipboard (OSC 52), or `undefined` when it is too long for that. */
export function copySequence(text: string): string | undefined {
  const bytes = Buffer.from(text, "utf8");
  return bytes.length > mostBytes ? undefined : `\u001b]52;c;${bytes.toString("base64")}\u0007`;
}
