/**
 * The milliseconds that a `Retry-After` header asks for: seconds (`120`) or a date
 * (`Wed, 21 Oct 2026 07:28:00 GMT`). `undefined` for anything else.
 */
export function parseRetryAfter(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // `Date.parse` takes much that is no date of HTTP, such as "-5".
  const time = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
