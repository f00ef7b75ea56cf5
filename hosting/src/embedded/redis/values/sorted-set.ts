import { IndexedMap } from "./indexed-map.ts";
import { SortedList } from "./sorted-list.ts";

/** A member of a sorted set with its score. */
export interface ScoredMember {
  readonly member: string;
  readonly score: number;
}

/** Members in the order of their scores, those of one score in the order of their bytes. */
export class SortedSet {
  readonly scores: IndexedMap<number> = new IndexedMap<number>();
  readonly #order = new SortedList<ScoredMember>(compareMembers);

  get size(): number {
    return this.scores.size;
  }

  score(member: string): number | undefined {
    return this.scores.get(member);
  }

  set(member: string, givenScore: number): void {
    // There is only one zero.
    const score = givenScore === 0 ? 0 : givenScore;
    const before = this.scores.get(member);
    if (before === score) return;
    if (before !== undefined) this.#order.remove({ member, score: before });
    this.scores.set(member, score);
    this.#order.insert({ member, score });
  }

  delete(member: string): boolean {
    const score = this.scores.get(member);
    if (score === undefined) return false;
    this.scores.delete(member);
    this.#order.remove({ member, score });
    return true;
  }

  /** How many members stand before this one. */
  rank(member: string): number | undefined {
    const score = this.scores.get(member);
    if (score === undefined) return undefined;
    const wanted = { member, score };
    return this.#order.countWhile((other) => compareMembers(other, wanted) < 0);
  }

  /** How many members come first for which `isBefore` holds; it must hold for a beginning of the order only. */
  countWhile(isBefore: (item: ScoredMember) => boolean): number {
    return this.#order.countWhile(isBefore);
  }

  /** The members from rank `start` up to, not including, `end`. */
  slice(start: number, end: number): ScoredMember[] {
    return this.#order.slice(start, end);
  }

  [Symbol.iterator](): Generator<ScoredMember> {
    return this.#order[Symbol.iterator]();
  }
}

function compareMembers(left: ScoredMember, right: ScoredMember): number {
  if (left.score !== right.score) return left.score < right.score ? -1 : 1;
  if (left.member === right.member) return 0;
  return left.member < right.member ? -1 : 1;
}
