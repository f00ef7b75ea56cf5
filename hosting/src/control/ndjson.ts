/** A document as a line. */
export function encodeDocument(document: unknown): string {
  return `${JSON.stringify(document)}\n`;
}

/**
 * The documents of an NDJSON stream. What makes of a last line without an end the error that it means is `onCut`.
 */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array | string>,
  { onCut }: { onCut: (rest: string) => Error },
): AsyncGenerator<unknown, void, undefined> {
  // Decoded as a stream, since a chunk can end within a character.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      if (end > start) yield JSON.parse(text.slice(start, end));
      start = end + 1;
    }
    rest = text.slice(start);
  }
  if (rest.trim() !== "") throw onCut(rest);
}
