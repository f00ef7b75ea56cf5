/** A 64-bit integer: a number where that is exact, a bigint beyond. */
export type Integer = number | bigint;

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/**
 * The 64-bit integer that a text stands for, `undefined` when it is none: no sign `+`, no spaces, no leading zeros.
 */
export function parseInteger(text: string): Integer | undefined {
  const { length } = text;
  if (length === 0 || length > 20) return undefined;
  const isNegative = text.charCodeAt(0) === 45;
  const start = isNegative ? 1 : 0;
  const first = text.charCodeAt(start);
  if (first === 48) return length === 1 ? 0 : undefined;
  if (length === start) return undefined;
  let value = 0;
  for (let index = start; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (length <= 15) return isNegative ? -value : value;
  return toInteger(BigInt(text));
}

/** The sum, `undefined` when it does not fit into 64 bits. */
export function addIntegers(left: Integer, right: Integer): Integer | undefined {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return toInteger(BigInt(left) + BigInt(right));
}

/** The shortest form of a whole number, `undefined` when it does not fit into 64 bits. */
export function toInteger(value: bigint): Integer | undefined {
  if (value < smallest || value > largest) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
