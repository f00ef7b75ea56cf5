/**
 * Milliseconds that the header `Retry-After` asks for, in seconds or as a date; undefined when it says nothing usable.
 *
 * RFC 9110, 10.2.3.
 */
export function retryAfter(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === "") return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
