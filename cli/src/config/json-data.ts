/** A document as JSON data: bytes in base64, integers beyond what numbers hold as text. Secrets in it stay masked. */
export function jsonData(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document, toData)) as unknown;
}

/** What is given is what `toJSON` made of a value, of bytes a long list; the value itself is in the object around it. */
function toData(this: unknown, key: string, given: unknown): unknown {
  const value = (this as Readonly<Record<string, unknown>>)[key];
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof given === "bigint" ? String(given) : given;
}
