import { ReplyError } from "../protocol/reply-error.ts";
import type { Integer } from "../values/integers.ts";

/** How a time to live is given: seconds or milliseconds, from now or since 1970. */
export type ExpiryUnit = "EX" | "PX" | "EXAT" | "PXAT";

/** The units in the order in which Redis names them. */
export const expiryUnits: readonly ExpiryUnit[] = ["EX", "PX", "EXAT", "PXAT"];

const largest = 2n ** 63n - 1n;

/**
 * When a key ends, in milliseconds since 1970.
 *
 * @throws ReplyError when the time does not fit into 64 bits, or is not above 0 where `isPositive` asks for that.
 */
export function expiryTime(
  amount: Integer,
  {
    unit,
    now,
    command,
    isPositive = true,
  }: { unit: ExpiryUnit; now: number; command: string; isPositive?: boolean },
): number {
  const milliseconds = unit === "EX" || unit === "EXAT" ? BigInt(amount) * 1000n : BigInt(amount);
  const time = unit === "EX" || unit === "PX" ? milliseconds + BigInt(now) : milliseconds;
  if ((isPositive && amount <= 0) || milliseconds > largest || milliseconds < -largest || time > largest) {
    throw new ReplyError(`ERR invalid expire time in '${command}' command`);
  }
  // 0 means "never" inside, so a time that lies before 1970 becomes the first moment after it.
  return Math.max(1, Number(time));
}
