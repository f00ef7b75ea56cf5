import { sliceMapped, sourceOffset } from "./mapped-text.ts";
import type { MappedText } from "./mapped-text.ts";

/** A word of an instruction. */
export interface DockerWord {
  /** As written, with quotes. */
  raw: string;
  /** Without quotes and escapes; variables are left as they are. */
  value: string;
  /** Offsets in the source; the end is exclusive. */
  start: number;
  end: number;
}

/** Splits at white space that is neither quoted nor escaped; where quotes have no meaning, at all white space. */
export function splitWords(
  mapped: MappedText,
  { escape, quotes = true }: { escape: string; quotes?: boolean },
): DockerWord[] {
  const words: DockerWord[] = [];
  const { text } = mapped;
  let position = 0;
  while (position < text.length) {
    if (isSpace(text[position])) {
      position += 1;
      continue;
    }
    const ends = (start: number): number =>
      quotes ? wordEnd(text, start, escape) : start + text.slice(start).search(whiteSpace);
    const end = heredocEnd(text, position, ends) ?? ends(position);
    words.push(wordOf(sliceMapped(mapped, position, end), escape));
    position = end;
  }
  return words;
}

/** One word made of a text that is known to be one. */
export function wordOf(mapped: MappedText, escape: string): DockerWord {
  return {
    raw: mapped.text,
    value: unquote(mapped.text, escape),
    start: sourceOffset(mapped, 0),
    end: sourceOffset(mapped, mapped.text.length),
  };
}

/**
 * The words of an exec form such as `["node", "server.js"]`, or nothing when it is none: as in BuildKit, what is no
 * array of strings is taken for the shell form.
 */
export function readJsonWords(mapped: MappedText): DockerWord[] | undefined {
  const text = mapped.text.trim();
  if (!text.startsWith("[")) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || values.some((value) => typeof value !== "string")) return undefined;
  const literals = [...mapped.text.matchAll(/"(?:[^"\\]|\\.)*"/g)];
  return (values as string[]).map((value, index) => {
    const literal = literals[index];
    const start = literal?.index ?? 0;
    return {
      raw: literal?.[0] ?? value,
      value,
      start: sourceOffset(mapped, start),
      end: sourceOffset(mapped, start + (literal?.[0].length ?? 0)),
    };
  });
}

/** The end of `<< EOF`, which is one word to a builder. */
function heredocEnd(text: string, start: number, ends: (start: number) => number): number | undefined {
  spacedHeredoc.lastIndex = start;
  const opening = spacedHeredoc.exec(text)?.[0];
  return opening === undefined ? undefined : ends(start + opening.length);
}

const spacedHeredoc = /\d*<<[ \t]+(?=["']?[A-Za-z_])/y;

function wordEnd(text: string, start: number, escape: string): number {
  let quote = "";
  let position = start;
  while (position < text.length) {
    const character = text[position] ?? "";
    if (character === escape && quote !== "'") position += 1;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (isSpace(character)) break;
    position += 1;
  }
  return Math.min(position, text.length);
}

function unquote(raw: string, escape: string): string {
  let value = "";
  let quote = "";
  for (let position = 0; position < raw.length; position += 1) {
    const character = raw[position] ?? "";
    if (character === escape && quote !== "'" && position + 1 < raw.length) {
      position += 1;
      const next = raw[position] ?? "";
      // Inside double quotes, and before letters, the escape character stands for itself: C:\app.
      value += quote === '"' && next !== '"' && next !== "$" && next !== escape ? character + next : next;
    } else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
    else value += character;
  }
  return value;
}

// What BuildKit splits at; other white space of Unicode is a part of the word.
const whiteSpace = /[ \t\v\f\r\n]|$/;

function isSpace(character: string | undefined): boolean {
  return character !== undefined && " \t\v\f\r\n".includes(character);
}
