import { sleep, systemClock } from "@dext/core";
import type { Clock, Timer } from "@dext/core";

import type { ProcessEntry, ProcessIdentity } from "./process-entry.ts";
import { isSameProcess } from "./process-entry.ts";
import { hasProc, readEntry } from "./process-identity.ts";
import { changeLimit, changePause, createMarkReader, readTable } from "./process-table.ts";
import type { MarkReader } from "./process-table.ts";
import { listProcPids, readProcEntry } from "./proc-table.ts";

/** What is known of one started process and of all that came from it. */
export interface ProcessFamily {
  readonly leader: ProcessIdentity;
  /** As in the mark. */
  readonly start: number;
  /** The living processes that came from the leader, which is not among them, as the last look saw them. */
  readonly members: readonly ProcessIdentity[];
  /** The leader is gone and its group was seen empty: from then on the group's number can be another one's. */
  readonly isGroupOver: boolean;
}

/** What {@link ProcessWatch} takes. */
export interface ProcessWatchOptions {
  runId: string;
  /** Called after a look that found other processes than the one before. */
  onChange: () => void;
  clock?: Clock;
}

/** Looks come quickly after a start, when programs fork, and once a second later. */
const shortestWait = 10;
const longestWait = hasProc ? 1000 : 2000;
/** So often the processes of the machine are listed for one look at the most: some of them may not be read at all. */
const listingLimit = 4;

/**
 * Follows what the processes of a run start, also what leaves its group, its session or its parent.
 *
 * One look serves all of them. Between two looks only processes that are new to the machine are read: about 0.1 ms of a
 * core per second and 100 processes.
 */
export class ProcessWatch {
  readonly #runId: string;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** By the number of their start. */
  readonly #families = new Map<number, Family>();
  readonly #byLeader = new Map<number, Family>();
  #table = new Map<number, ProcessEntry>();
  #owners = new Map<number, Owner>();
  #starts = 0;
  /** What is known is too old to build on. */
  #isOutdated = false;
  #wait = shortestWait;
  #timer: Timer | undefined;
  #queue: Promise<void> = Promise.resolve();
  #requested: Promise<void> | undefined;

  constructor({ runId, onChange, clock = systemClock }: ProcessWatchOptions) {
    this.#runId = runId;
    this.#onChange = onChange;
    this.#clock = clock;
  }

  /** The leaders that are followed and whose end has not been seen to be complete. */
  get families(): readonly ProcessFamily[] {
    return [...this.#families.values()];
  }

  /** The number of the next start, for its mark. */
  countStart(): number {
    this.#starts += 1;
    return this.#starts;
  }

  /** Follows a process that has just been started with this number. */
  add(leader: ProcessIdentity, start: number): ProcessFamily {
    const family: Family = { leader, start, members: [], isGroupOver: false, isLeaderGone: false };
    this.resume(family);
    this.#wait = shortestWait;
    this.#timer?.clear();
    this.#arm();
    return family;
  }

  /** Follows a family again that had seemed complete. */
  resume(family: ProcessFamily): void {
    this.#families.set(family.start, family as Family);
    this.#byLeader.set(family.leader.pid, family as Family);
  }

  /** Follows a process no longer. */
  remove(family: ProcessFamily): void {
    this.#families.delete(family.start);
    if (this.#byLeader.get(family.leader.pid) === family) this.#byLeader.delete(family.leader.pid);
    if (this.#families.size > 0) return;
    this.#timer?.clear();
    this.#timer = undefined;
    this.#isOutdated = true;
  }

  /** Reads every process of the machine anew. Requests of one moment share one look, which begins after each of them. */
  look(): Promise<void> {
    this.#requested ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#requested = undefined;
      return this.#enqueue({ isWhole: true });
    });
    return this.#requested;
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#wait = Math.min(this.#wait * 2, longestWait);
        const again = (): void => {
          if (this.#families.size > 0 && this.#timer === undefined) this.#arm();
        };
        this.#enqueue({ isWhole: false }).then(again, again);
      },
      { milliseconds: this.#wait, unref: true },
    );
  }

  #enqueue(options: { isWhole: boolean }): Promise<void> {
    const turn = this.#queue.then(() => this.#look(options));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #look({ isWhole }: { isWhole: boolean }): Promise<void> {
    // One that is added while a look goes on is not in its table.
    const families = this.families as readonly Family[];
    if (families.length === 0) return;
    let undecided = hasProc ? this.#readProc(isWhole || this.#isOutdated) : await this.#readPs();
    this.#isOutdated = false;
    const readMark = await createMarkReader();
    for (let round = 0; undecided.size > 0 && round < changeLimit; round += 1) {
      const look: Look = { undecided, readMark, changing: [] };
      for (const entry of undecided.values()) this.#decide(entry, look);
      undecided = await this.#readAgain(look.changing);
    }
    this.#tellFamilies(families);
  }

  async #readAgain(changing: readonly ProcessEntry[]): Promise<Map<number, ProcessEntry>> {
    if (changing.length > 0) await sleep(changePause, { clock: this.#clock });
    return new Map(changing.flatMap(({ pid }) => readEntry(pid) ?? []).map((entry) => [entry.pid, entry]));
  }

  /** Takes the processes in; answers those that may be ours or no longer be. */
  #readProc(isWhole: boolean): Map<number, ProcessEntry> {
    const table = new Map<number, ProcessEntry>();
    const undecided = new Map<number, ProcessEntry>();
    for (let round = 0; round < listingLimit; round += 1) {
      const listed = listProcPids().filter((pid) => !table.has(pid));
      for (const pid of listed) {
        const cached = isWhole || this.#owners.has(pid) ? undefined : this.#table.get(pid);
        const entry = cached ?? readProcEntry(pid);
        if (entry === undefined) continue;
        table.set(pid, entry);
        if (cached === undefined) undecided.set(pid, entry);
      }
      // What ended between the list and the look may have started another, which is in no list yet.
      if (!isWhole || listed.every((pid) => table.has(pid))) break;
    }
    this.#table = table;
    return undecided;
  }

  async #readPs(): Promise<Map<number, ProcessEntry>> {
    this.#table = await readTable();
    return new Map(this.#table);
  }

  /** Whose a process is: by what was known, by leadership, by parent, by group and session, by mark. */
  #decide(entry: ProcessEntry, look: Look): Family | undefined {
    look.undecided.delete(entry.pid);
    const known = this.#owners.get(entry.pid);
    if (known !== undefined && isSameProcess(known, entry) && this.#isFollowed(known.family)) {
      return known.family;
    }
    this.#owners.delete(entry.pid);
    if (entry.pid === process.pid) return undefined;
    const family =
      this.#familyLedBy(entry) ??
      this.#familyOfParent(entry, look) ??
      this.#familyOfGroup(entry) ??
      this.#familyOfMark(entry, look);
    if (family !== undefined) {
      this.#owners.set(entry.pid, { pid: entry.pid, startTime: entry.startTime, family });
    }
    return family;
  }

  #isFollowed(family: Family): boolean {
    return this.#families.get(family.start) === family;
  }

  #familyLedBy(entry: ProcessEntry): Family | undefined {
    const family = this.#byLeader.get(entry.pid);
    return family !== undefined && isSameProcess(family.leader, entry) ? family : undefined;
  }

  #familyOfParent(entry: ProcessEntry, look: Look): Family | undefined {
    const undecided = look.undecided.get(entry.parent);
    if (undecided !== undefined) return this.#decide(undecided, look);
    // Owned processes are read anew in every look, so the parent is not another one that got its pid.
    const parent = this.#table.get(entry.parent);
    const owner = this.#owners.get(entry.parent);
    return parent !== undefined && owner !== undefined && isSameProcess(parent, owner)
      ? owner.family
      : undefined;
  }

  /** A group keeps its number while it has members; with none left, the number can become another group's. */
  #familyOfGroup({ group, session }: ProcessEntry): Family | undefined {
    const family = this.#byLeader.get(group) ?? this.#byLeader.get(session);
    if (family === undefined || family.isGroupOver) return undefined;
    const leader = this.#table.get(family.leader.pid);
    return leader === undefined || isSameProcess(leader, family.leader) ? family : undefined;
  }

  #familyOfMark(entry: ProcessEntry, { readMark, changing }: Look): Family | undefined {
    const mark = readMark(entry);
    if (mark === "unknown") {
      changing.push(entry);
      return undefined;
    }
    if (mark?.runId !== this.#runId) return undefined;
    return mark.start === undefined ? undefined : this.#families.get(mark.start);
  }

  #tellFamilies(families: readonly Family[]): void {
    let isChanged = false;
    const membersOf = new Map<Family, ProcessEntry[]>();
    for (const [pid, owner] of this.#owners) {
      const entry = this.#table.get(pid);
      if (entry === undefined || !isSameProcess(entry, owner)) this.#owners.delete(pid);
      else if (!entry.isZombie && !isSameProcess(entry, owner.family.leader)) {
        const members = membersOf.get(owner.family);
        if (members === undefined) membersOf.set(owner.family, [entry]);
        else members.push(entry);
      }
    }
    for (const family of families) {
      const members = membersOf.get(family) ?? [];
      const leader = this.#table.get(family.leader.pid);
      const isLeaderGone = leader === undefined || !isSameProcess(leader, family.leader);
      if (
        isLeaderGone &&
        !members.some(({ group, session }) => [group, session].includes(family.leader.pid))
      ) {
        family.isGroupOver = true;
      }
      isChanged ||= !hasSameMembers(family.members, members) || isLeaderGone !== family.isLeaderGone;
      family.isLeaderGone = isLeaderGone;
      family.members = members.map(({ pid, startTime }) => ({ pid, startTime }));
    }
    if (isChanged) this.#onChange();
  }
}

interface Family extends ProcessFamily {
  members: readonly ProcessIdentity[];
  isGroupOver: boolean;
  isLeaderGone: boolean;
}

/** What one look has at hand. */
interface Look {
  /** Processes whose owner has yet to be found. */
  readonly undecided: Map<number, ProcessEntry>;
  readonly readMark: MarkReader;
  /** Processes whose mark could not be known, to be looked at again. */
  readonly changing: ProcessEntry[];
}

interface Owner extends ProcessIdentity {
  readonly family: Family;
}

function hasSameMembers(before: readonly ProcessIdentity[], after: readonly ProcessIdentity[]): boolean {
  return (
    before.length === after.length &&
    before.every((member) => after.some((other) => isSameProcess(member, other)))
  );
}
