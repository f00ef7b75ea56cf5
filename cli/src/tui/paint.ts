import type { Style } from "@dext/hosting/output";
import { parseStyledText } from "./styled-text.ts";

/** How the interface draws: the colours of the command line, and what does not depend on colour. */
export interface Paint extends Style {
  /** Stands out without any colour too. */
  inverse(text: string): string;
  /** Text that leads somewhere when it is clicked (OSC 8). */
  link(text: string, url: string): string;
  /** The look of the n-th resource as parameters of an SGR sequence. */
  nthLook(index: number): string;
}

export function createPaint(style: Style): Paint {
  return {
    ...style,
    inverse: (text) => (text === "" ? "" : `\u001b[7m${text}\u001b[27m`),
    link: (text, url) => (isSafe(url) ? `\u001b]8;;${url}\u0007${text}\u001b]8;;\u0007` : text),
    nthLook: (index) => parseStyledText(style.nth(index, "x"))[0]?.look ?? "",
  };
}

/** An address with control characters would end the sequence and begin another. */
function isSafe(url: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[\u0000-\u0020\u007f-\u009f]/.test(url);
}
