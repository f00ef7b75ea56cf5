import { ReplyError } from "../protocol/reply-error.ts";
import { parseDouble } from "../values/doubles.ts";
import type { ScoredMember, SortedSet } from "../values/sorted-set.ts";
import { toRange } from "./positions.ts";

/** Ranks from `start` up to, not including, `end`. */
export interface RankRange {
  start: number;
  end: number;
}

/** Finds the ranks of a stretch of a sorted set. */
export type RangeFinder = (set: SortedSet) => RankRange;

/** By ranks, negative ones counted from the end. */
export function byRank(first: number, last: number): RangeFinder {
  return (set) => toRange(first, last, set.size);
}

/** By scores such as `1`, `(1` (without it), `-inf`. */
export function byScore(minimum: string, maximum: string): RangeFinder {
  const isBelow = readScoreBound(minimum, { isUpper: false });
  const isWithin = readScoreBound(maximum, { isUpper: true });
  return toFinder(isBelow, isWithin);
}

/** By members such as `[a`, `(a` (without it), `-`, `+`. */
export function byMember(minimum: string, maximum: string): RangeFinder {
  const isBelow = readMemberBound(minimum, { isUpper: false });
  const isWithin = readMemberBound(maximum, { isUpper: true });
  return toFinder(isBelow, isWithin);
}

/** The members of a stretch, from its end when it is reversed, a part of them when there is a limit. */
export function selectMembers(
  set: SortedSet,
  { start, end }: RankRange,
  {
    isReversed = false,
    offset = 0,
    count = -1,
  }: { isReversed?: boolean; offset?: number; count?: number } = {},
): ScoredMember[] {
  if (offset < 0) return [];
  const size = Math.min(Math.max(0, end - start - offset), count < 0 ? Infinity : count);
  if (!isReversed) return set.slice(start + offset, start + offset + size);
  const from = end - offset - size;
  return set.slice(from, from + size).toReversed();
}

type Bound = (item: ScoredMember) => boolean;

function toFinder(isBelow: Bound, isWithin: Bound): RangeFinder {
  return (set) => {
    const start = set.countWhile(isBelow);
    return { start, end: Math.max(start, set.countWhile(isWithin)) };
  };
}

/** What holds for everything before a lower bound, or for everything up to an upper one. */
function readScoreBound(text: string, { isUpper }: { isUpper: boolean }): Bound {
  const isExclusive = text.startsWith("(");
  const bound = parseDouble(isExclusive ? text.slice(1) : text);
  if (bound === undefined) throw new ReplyError("ERR min or max is not a float");
  return isExclusive === isUpper ? ({ score }) => score < bound : ({ score }) => score <= bound;
}

function readMemberBound(text: string, { isUpper }: { isUpper: boolean }): Bound {
  if (text === "-") return () => false;
  if (text === "+") return () => true;
  const mark = text[0];
  if (mark !== "(" && mark !== "[") throw new ReplyError("ERR min or max not valid string range item");
  const bound = text.slice(1);
  return (mark === "(") === isUpper ? ({ member }) => member < bound : ({ member }) => member <= bound;
}
