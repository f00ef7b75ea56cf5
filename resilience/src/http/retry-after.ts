/**
 * The milliseconds that a `Retry-After` asks for (RFC 9110, 10.2.3): `120`, or `Fri, 31 Dec 1999 23:59:59 GMT`.
 *
 * @param now the wall-clock time in milliseconds, for dates.
 * @returns `undefined` for what is neither; 0 for a date that has passed.
 */
export function parseRetryAfter(value: string, now: number = Date.now()): number | undefined {
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Only the form that HTTP writes: Date.parse takes nearly everything else too, such as "1.5" for a day in January.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
