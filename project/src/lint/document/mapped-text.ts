/** Text that was put together from pieces of a source, with the place in the source that each character comes from. */
export interface MappedText {
  readonly text: string;
  /** One more than the text has characters: the last is where the text ends. */
  readonly offsets: readonly number[];
}

/** Text that stands in the source as it is. */
export function mapPiece(source: string, start: number, end: number): MappedText {
  return {
    text: source.slice(start, end),
    offsets: Array.from({ length: end - start + 1 }, (_, i) => start + i),
  };
}

/** A part of a text. */
export function sliceMapped(
  { text, offsets }: MappedText,
  start: number,
  end: number = text.length,
): MappedText {
  return { text: text.slice(start, end), offsets: offsets.slice(start, end + 1) };
}

/** Several texts as one. */
export function joinMapped(pieces: readonly MappedText[]): MappedText {
  const last = pieces.at(-1);
  return {
    text: pieces.map(({ text }) => text).join(""),
    offsets: [...pieces.flatMap(({ offsets }) => offsets.slice(0, -1)), last?.offsets.at(-1) ?? 0],
  };
}

/** The place in the source of a position in the text. */
export function sourceOffset({ offsets }: MappedText, position: number): number {
  return offsets[Math.min(position, offsets.length - 1)] ?? 0;
}
