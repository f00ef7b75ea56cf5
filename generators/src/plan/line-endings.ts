/** What must stay as it is when a text is edited. */
export interface TextStyle {
  readonly byteOrderMark: boolean;
  /** What ends most lines; LF where there is no line. */
  readonly lineEnding: "\n" | "\r\n";
  /** Both endings occur. */
  readonly isMixed: boolean;
  readonly finalNewline: boolean;
}

/** How a text's lines end, and whether the last one does. */
export function styleOf(text: string): TextStyle {
  const all = text.split("\n").length - 1;
  const carriage = text.split("\r\n").length - 1;
  return {
    byteOrderMark: text.startsWith(mark),
    lineEnding: carriage * 2 > all ? "\r\n" : "\n",
    isMixed: carriage > 0 && carriage < all,
    finalNewline: text.endsWith("\n"),
  };
}

/** Gives a text with LF endings the endings and the byte-order mark of another; its final newline stays its own. */
export function withStyle(text: string, { byteOrderMark, lineEnding }: TextStyle): string {
  const plain = toPlain(text);
  const lines = lineEnding === "\r\n" ? plain.replaceAll("\n", "\r\n") : plain;
  return byteOrderMark ? mark + lines : lines;
}

/**
 * Edits a text as if it had LF endings and no byte-order mark; gives both back afterwards, and the final newline, or
 * its absence, too. Where endings are mixed, the lines that stay keep their own.
 */
export function editText(text: string, edit: (plain: string) => string): string {
  const style = styleOf(text);
  const body = style.byteOrderMark ? text.slice(1) : text;
  const plain = style.isMixed ? body : toPlain(body);
  const edited = edit(plain);
  if (edited === plain) return text;
  const ended = text === "" ? edited : withFinalNewline(edited, style.finalNewline);
  if (!style.isMixed) return withStyle(ended, style);
  return style.byteOrderMark ? mark + ended : ended;
}

function toPlain(text: string): string {
  const body = text.startsWith(mark) ? text.slice(1) : text;
  return body.replaceAll("\r\n", "\n");
}

function withFinalNewline(text: string, wanted: boolean): string {
  if (wanted) return text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return text.replace(/(\r?\n)+$/, "");
}

const mark = "\uFEFF";
