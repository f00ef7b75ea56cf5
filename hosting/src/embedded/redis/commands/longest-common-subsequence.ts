import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { MapReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** A stretch that both texts have, by its first and last position in each. */
interface Match {
  first: [start: number, end: number];
  second: [start: number, end: number];
}

/** `LCS`: what two strings have in common, in order. */
export function longestCommonSubsequence(args: CommandArguments, { database }: Session): Reply {
  const [first, second] = [args.next(), args.next()].map((key) => {
    const value = database.find(key)?.value;
    if (value !== undefined && value.type !== "string") {
      throw new ReplyError("ERR The specified keys must contain string values");
    }
    return value?.content ?? "";
  }) as [string, string];
  const options = readOptions(args);
  const { text, matches } = findCommon(first, second);
  if (options.isIndex) return describeMatches(matches, { ...options, length: text.length });
  return options.isLength ? text.length : text;
}

interface LcsOptions {
  isLength: boolean;
  isIndex: boolean;
  shortest: number;
  hasLengths: boolean;
}

function readOptions(args: CommandArguments): LcsOptions {
  const options: LcsOptions = { isLength: false, isIndex: false, shortest: 0, hasLengths: false };
  while (args.remaining > 0) {
    if (args.take("LEN")) options.isLength = true;
    else if (args.take("IDX")) options.isIndex = true;
    else if (args.take("WITHMATCHLEN")) options.hasLengths = true;
    else if (args.take("MINMATCHLEN")) options.shortest = Math.max(0, args.integer());
    else throw syntaxError();
  }
  if (options.isLength && options.isIndex) {
    throw new ReplyError("ERR If you want both the length and indexes, please just use IDX.");
  }
  return options;
}

function findCommon(first: string, second: string): { text: string; matches: Match[] } {
  const width = second.length + 1;
  if ((first.length + 1) * width > 2 ** 28) {
    throw new ReplyError("ERR Insufficient memory, failed allocating transient memory for LCS");
  }
  const lengths = new Uint32Array((first.length + 1) * width);
  for (let i = 1; i <= first.length; i++) {
    for (let j = 1; j <= second.length; j++) {
      lengths[i * width + j] =
        first.charCodeAt(i - 1) === second.charCodeAt(j - 1)
          ? (lengths[(i - 1) * width + j - 1] as number) + 1
          : Math.max(lengths[(i - 1) * width + j] as number, lengths[i * width + j - 1] as number);
    }
  }
  return walkBack(first, second, lengths);
}

/** Follows the table from its end to its start; matches come out last first, as Redis answers them. */
function walkBack(first: string, second: string, lengths: Uint32Array): { text: string; matches: Match[] } {
  const width = second.length + 1;
  const characters: string[] = [];
  const matches: Match[] = [];
  let i = first.length;
  let j = second.length;
  while (i > 0 && j > 0) {
    if (first.charCodeAt(i - 1) === second.charCodeAt(j - 1)) {
      characters.push(first[i - 1] as string);
      const last = matches.at(-1);
      if (last !== undefined && last.first[0] === i && last.second[0] === j) {
        last.first[0]--;
        last.second[0]--;
      } else {
        matches.push({ first: [i - 1, i - 1], second: [j - 1, j - 1] });
      }
      i--;
      j--;
    } else if ((lengths[(i - 1) * width + j] as number) > (lengths[i * width + j - 1] as number)) {
      i--;
    } else {
      j--;
    }
  }
  return { text: characters.toReversed().join(""), matches };
}

function describeMatches(
  matches: readonly Match[],
  { shortest, hasLengths, length }: { shortest: number; hasLengths: boolean; length: number },
): Reply {
  const rows = matches
    .map(({ first, second }) => ({ first, second, size: first[1] - first[0] + 1 }))
    .filter(({ size }) => size >= shortest)
    .map(({ first, second, size }) => (hasLengths ? [first, second, size] : [first, second]));
  return new MapReply(["matches", rows, "len", length]);
}
