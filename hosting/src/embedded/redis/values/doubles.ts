const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinityPattern = /^([+-]?)inf(?:inity)?$/i;
const hexadecimalPattern = /^([+-]?)(0[xX][0-9a-fA-F]+)$/;

/** The number that a text stands for, `undefined` when it is none. Knows `inf`, `-inf` and hexadecimal integers. */
export function parseDouble(text: string): number | undefined {
  if (decimalPattern.test(text)) return Number(text);
  const infinite = infinityPattern.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  const hexadecimal = hexadecimalPattern.exec(text);
  if (hexadecimal === null) return undefined;
  return hexadecimal[1] === "-" ? -Number(hexadecimal[2]) : Number(hexadecimal[2]);
}

/** A number as the format `%.17g` of C writes it, which is how Redis 7.0 shows scores: `0.1` → `0.10000000000000001`. */
export function formatDouble(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (!Number.isFinite(value)) return formatNonFinite(value);
  return formatSignificant(value, 17);
}

/** A number as the format `%.<digits>g` of C writes it. */
export function formatSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const { sign, significant, exponent } = roundToDigits(value, digits);
  if (exponent < -4 || exponent >= digits) {
    const fraction = trimZeros(significant.slice(1));
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${significant[0]}${fraction === "" ? "" : `.${fraction}`}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  const padded = exponent < 0 ? "0".repeat(-exponent) + significant : significant;
  const whole = Math.max(0, exponent) + 1;
  const fraction = trimZeros(padded.slice(whole));
  return `${sign}${padded.slice(0, whole)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A number with up to 17 decimal places and no trailing zeros, never with an exponent. */
export function formatPlain(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  // toFixed falls back to an exponent from 1e21 on.
  if (Math.abs(value) >= 1e21) return BigInt(value).toString();
  const [whole = "0", decimals = ""] = value.toFixed(17).split(".");
  const fraction = trimZeros(decimals);
  return fraction === "" ? (whole === "-0" ? "0" : whole) : `${whole}.${fraction}`;
}

/** A number in scientific notation. */
interface Scientific {
  sign: string;
  /** The digits without a point; the first one stands before it. */
  significant: string;
  exponent: number;
}

/** Rounds to a number of digits; a number halfway goes to the even digit, as in C. */
function roundToDigits(value: number, digits: number): Scientific {
  const exact = readScientific(value.toExponential(digits + 20));
  const isHalfway = /^50*$/.test(exact.significant.slice(digits));
  const isEven = "02468".includes(exact.significant[digits - 1] ?? "");
  if (isHalfway && isEven) return { ...exact, significant: exact.significant.slice(0, digits) };
  return readScientific(value.toExponential(digits - 1));
}

/** `-1.25e-7` → sign `-`, digits `125`, exponent −7. */
function readScientific(text: string): Scientific {
  const [mantissa = "0", exponent = "0"] = text.split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  return { sign, significant: mantissa.replaceAll(/[-.]/g, ""), exponent: Number(exponent) };
}

function trimZeros(digits: string): string {
  return digits.replace(/0+$/, "");
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}
