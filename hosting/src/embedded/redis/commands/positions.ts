/** Positions from `start` up to, not including, `end`, after negative ones were counted from the end. */
export function toRange(first: number, last: number, length: number): { start: number; end: number } {
  const start = Math.max(0, first < 0 ? length + first : first);
  const end = Math.min(length, (last < 0 ? length + last : last) + 1);
  return start >= end ? { start: 0, end: 0 } : { start, end };
}
