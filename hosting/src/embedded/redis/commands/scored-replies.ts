import { DoubleReply, PairsReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { ScoredMember } from "../values/sorted-set.ts";

/** Members with their scores, as `WITHSCORES` shows them. */
export function withScores(members: readonly ScoredMember[]): Reply {
  return new PairsReply(members.flatMap(({ member, score }) => [member, new DoubleReply(score)]));
}
