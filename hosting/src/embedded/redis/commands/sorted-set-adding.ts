import { notAFloat, ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { DoubleReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { parseDouble } from "../values/doubles.ts";
import type { ScoredMember, SortedSet } from "../values/sorted-set.ts";
import type { CommandArguments } from "./command-arguments.ts";

interface AddOptions {
  onlyNew: boolean;
  onlyKnown: boolean;
  onlyGreater: boolean;
  onlyLess: boolean;
  isCountingChanges: boolean;
  isIncrement: boolean;
}

/** `ZADD`. */
export function addMembers(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const options = readOptions(args);
  const members = readMembers(args);
  if (options.isIncrement && members.length > 1) {
    throw new ReplyError("ERR INCR option supports a single increment-element pair");
  }
  const known = database.get(key, "zset");
  if (known === undefined && options.onlyKnown) return options.isIncrement ? null : 0;
  const set = known ?? database.obtain(key, "zset");
  const outcomes = members.map((member) => addMember(set, member, options));
  const added = outcomes.filter(({ change }) => change === "added").length;
  const updated = outcomes.filter(({ change }) => change === "updated").length;
  if (added + updated > 0) database.changed(key, options.isIncrement ? "zincr" : "zadd");
  else database.deleteIfEmpty(key);
  if (!options.isIncrement) return options.isCountingChanges ? added + updated : added;
  const [outcome] = outcomes;
  return outcome === undefined || outcome.change === "refused" ? null : new DoubleReply(outcome.score);
}

/** `ZINCRBY`. */
export function incrementMember(args: CommandArguments, { database }: Session): Reply {
  const key = args.next();
  const amount = args.double();
  const member = args.next();
  const score = addScores(database.get(key, "zset")?.score(member) ?? 0, amount);
  database.obtain(key, "zset").set(member, score);
  database.changed(key, "zincr");
  return new DoubleReply(score);
}

function readOptions(args: CommandArguments): AddOptions {
  const options: AddOptions = {
    onlyNew: false,
    onlyKnown: false,
    onlyGreater: false,
    onlyLess: false,
    isCountingChanges: false,
    isIncrement: false,
  };
  for (;;) {
    if (args.take("NX")) options.onlyNew = true;
    else if (args.take("XX")) options.onlyKnown = true;
    else if (args.take("GT")) options.onlyGreater = true;
    else if (args.take("LT")) options.onlyLess = true;
    else if (args.take("CH")) options.isCountingChanges = true;
    else if (args.take("INCR")) options.isIncrement = true;
    else break;
  }
  if (args.remaining === 0 || args.remaining % 2 !== 0) throw syntaxError();
  if (options.onlyNew && options.onlyKnown) {
    throw new ReplyError("ERR XX and NX options at the same time are not compatible");
  }
  if (
    (options.onlyGreater && (options.onlyLess || options.onlyNew)) ||
    (options.onlyLess && options.onlyNew)
  ) {
    throw new ReplyError("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  return options;
}

function readMembers(args: CommandArguments): ScoredMember[] {
  const members: ScoredMember[] = [];
  while (args.remaining > 0) {
    const score = parseDouble(args.next());
    if (score === undefined) throw notAFloat();
    members.push({ score, member: args.next() });
  }
  return members;
}

interface Outcome {
  change: "added" | "updated" | "none" | "refused";
  score: number;
}

function addMember(set: SortedSet, { member, score }: ScoredMember, options: AddOptions): Outcome {
  const before = set.score(member);
  if (before === undefined) {
    if (options.onlyKnown) return { change: "refused", score };
    set.set(member, score);
    return { change: "added", score };
  }
  if (options.onlyNew) return { change: "refused", score: before };
  const after = options.isIncrement ? addScores(before, score) : score;
  if ((options.onlyGreater && after <= before) || (options.onlyLess && after >= before)) {
    return { change: "refused", score: before };
  }
  set.set(member, after);
  return { change: after === before ? "none" : "updated", score: after };
}

function addScores(left: number, right: number): number {
  const sum = left + right;
  if (Number.isNaN(sum)) throw new ReplyError("ERR resulting score is not a number (NaN)");
  return sum;
}
