/**
 * The place of an entry in a stream: milliseconds in the upper, a sequence number in the lower 64 bits, so that ids
 * compare like numbers.
 */
export type StreamId = bigint;

/** `0-0`, before every entry. */
export const smallestStreamId: StreamId = 0n;
/** `18446744073709551615-18446744073709551615`. */
export const largestStreamId: StreamId = 2n ** 128n - 1n;

const largestPart = 2n ** 64n - 1n;
const partPattern = /^\d{1,20}$/;

export function createStreamId(milliseconds: bigint, sequence: bigint): StreamId {
  return (milliseconds << 64n) | sequence;
}

export function millisecondsOf(id: StreamId): bigint {
  return id >> 64n;
}

export function sequenceOf(id: StreamId): bigint {
  return id & largestPart;
}

/** The text of an id, `1526919030474-55`. */
export function formatStreamId(id: StreamId): string {
  return `${id >> 64n}-${id & largestPart}`;
}

/** The id of a text such as `5-1`; `5` gets the sequence number `missingSequence`. `undefined` when it is none. */
export function parseStreamId(text: string, missingSequence = 0n): StreamId | undefined {
  const dash = text.indexOf("-");
  const milliseconds = parsePart(dash === -1 ? text : text.slice(0, dash));
  const sequence = dash === -1 ? missingSequence : parsePart(text.slice(dash + 1));
  return milliseconds === undefined || sequence === undefined
    ? undefined
    : createStreamId(milliseconds, sequence);
}

/** The milliseconds of an id whose sequence number is to be chosen, `5-*`; `undefined` for any other text. */
export function parseOpenStreamId(text: string): bigint | undefined {
  return text.endsWith("-*") ? parsePart(text.slice(0, -2)) : undefined;
}

function parsePart(text: string): bigint | undefined {
  if (!partPattern.test(text)) return undefined;
  const value = BigInt(text);
  return value > largestPart ? undefined : value;
}
