/**
 * Reads a connection string of `Key=value;` pairs by the rules of ADO.NET: keys without regard to case and inner white
 * space, values quoted with `"` or `'` where they hold a separator, a doubled quote standing for one.
 *
 * `Host=db;Port=5432;Password="a;b""c"` → host: db, port: 5432, password: a;b"c
 *
 * @throws Error when the text is not such pairs; the message does not repeat values.
 */
export function parseKeyValuePairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const pattern = /\s*([^=;]+?)\s*=\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^;]*?))\s*(?:;|$)|\s*;/gy;
  while (pattern.lastIndex < text.trimEnd().length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      throw new Error(`character ${start + 1} does not start a Key=value pair`);
    }
    const [, key, double, single, plain] = match;
    if (key === undefined) continue;
    pairs.set(normalKey(key), double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? plain ?? "");
  }
  return pairs;
}

/** `User ID` and `userid` are one key. */
function normalKey(key: string): string {
  return key.toLowerCase().replace(/\s+/g, "");
}
