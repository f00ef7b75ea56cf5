import { ReplyError } from "../protocol/reply-error.ts";
import { DoubleReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { formatPlain } from "../values/doubles.ts";
import type { Place } from "../values/geohash.ts";
import type { CommandArguments } from "./command-arguments.ts";

const units: Readonly<Record<string, number>> = { m: 1, km: 1000, ft: 0.3048, mi: 1609.34 };

/** The metres of a unit of length. */
export function readUnit(args: CommandArguments): number {
  const unit = units[args.next().toLowerCase()];
  if (unit === undefined) throw new ReplyError("ERR unsupported unit provided. please use M, KM, FT, MI");
  return unit;
}

/** A place as its longitude and latitude with all their digits. */
export function describePlace({ longitude, latitude }: Place): Reply {
  return [longitude, latitude].map((degrees) => new DoubleReply(degrees, formatPlain(degrees)));
}
