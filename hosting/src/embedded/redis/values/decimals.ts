const places = 17;
const decimalPattern = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;
// Beyond this, exact arithmetic would cost more than it is worth.
const largestExponent = 400;

/**
 * The sum of two decimal texts with up to 17 decimal places, `undefined` when one is no finite decimal.
 *
 * Redis adds in 80-bit floats, which 64-bit ones cannot follow (`0.1 + 0.2`); exact decimals can.
 *
 * @example `addDecimals("0.1", "0.2")` is `"0.3"`.
 */
export function addDecimals(left: string, right: string): string | undefined {
  const first = toScaled(left);
  const second = toScaled(right);
  return first === undefined || second === undefined ? undefined : fromScaled(first + second);
}

function toScaled(text: string): bigint | undefined {
  const match = decimalPattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > largestExponent) return undefined;
  const shift = exponent - fraction.length + places;
  const digits = BigInt(whole + fraction);
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -scaled : scaled;
}

function divideRounded(value: bigint, divisor: bigint): bigint {
  return (value + divisor / 2n) / divisor;
}

function fromScaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const text = digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
  return value < 0n ? `-${text}` : text;
}
