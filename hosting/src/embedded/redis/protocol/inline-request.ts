const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/**
 * The words of a request typed by hand, or `undefined` when its quotes do not match.
 *
 * Words in double quotes know `\n \r \t \b \a \xHH`, those in single quotes only `\'`:
 * `SET "a b" 'it\'s'` → `["SET", "a b", "it's"]`.
 */
export function splitInlineRequest(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at++;
    if (at >= line.length) return words;
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    words.push(word.text);
    at = word.end;
  }
}

interface Word {
  text: string;
  end: number;
}

function readWord(line: string, start: number): Word | undefined {
  let text = "";
  let at = start;
  while (at < line.length && !isSpace(line[at])) {
    const quote = line[at];
    if (quote !== '"' && quote !== "'") {
      text += quote;
      at++;
      continue;
    }
    const quoted = readQuoted(line, { start: at + 1, quote });
    // A closing quote must be followed by a space or by nothing at all.
    if (quoted === undefined || (quoted.end < line.length && !isSpace(line[quoted.end]))) return undefined;
    text += quoted.text;
    at = quoted.end;
  }
  return { text, end: at };
}

function readQuoted(line: string, { start, quote }: { start: number; quote: '"' | "'" }): Word | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const character = line[at] as string;
    if (character === quote) return { text, end: at + 1 };
    if (character !== "\\" || at + 1 >= line.length) {
      text += character;
      continue;
    }
    const next = line[at + 1] as string;
    if (quote === "'") {
      if (next === "'") at++;
      text += next === "'" ? "'" : character;
      continue;
    }
    const hexadecimal = next === "x" ? /^[0-9a-fA-F]{2}/.exec(line.slice(at + 2, at + 4)) : null;
    text +=
      hexadecimal === null
        ? (escapes[next] ?? next)
        : String.fromCharCode(Number.parseInt(hexadecimal[0], 16));
    at += hexadecimal === null ? 1 : 3;
  }
  return undefined;
}

function isSpace(character: string | undefined): boolean {
  return (
    character === " " ||
    (character !== undefined && character >= "\t" && character <= "\r") ||
    character === "\0"
  );
}
