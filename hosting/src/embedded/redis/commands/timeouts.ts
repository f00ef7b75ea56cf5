import { ReplyError } from "../protocol/reply-error.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** A time to wait in seconds, as milliseconds. */
export function readTimeout(args: CommandArguments): number {
  const message = "ERR timeout is not a float or out of range";
  const seconds = args.double(message);
  if (seconds < 0) throw new ReplyError("ERR timeout is negative");
  if (seconds > Number.MAX_SAFE_INTEGER / 1000) throw new ReplyError("ERR timeout is out of range");
  return Math.ceil(seconds * 1000);
}
