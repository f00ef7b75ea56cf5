import type { Timer } from "@dext/core";

import type { ValueType } from "../keyspace/value.ts";
import { noReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Engine } from "./engine.ts";
import { toReplyError } from "./run-command.ts";
import type { Session } from "./session.ts";

/** What a command waits for. */
export interface BlockOptions {
  keys: readonly string[];
  /** What the keys must hold; who waits for a list does not care for a set of that name. */
  type: ValueType;
  /** Milliseconds, 0 for ever. */
  timeout: number;
  /**
   * Tries to do what the command is for; `undefined` when there is still nothing to do. Later attempts are told which
   * key was written, and look at that one only.
   */
  attempt: (writtenKey?: string) => Reply | undefined;
  /** What the client gets when the time is over. */
  onTimeout: Reply;
  /** What it gets where it must not wait; else the same. */
  withoutWaiting?: Reply;
  /** Whether the removal of a key matters, as it does to readers of a consumer group. */
  isServedByRemoval?: boolean;
}

/** A command that waits. */
export interface BlockedCall extends BlockOptions {
  readonly session: Session;
  readonly slots: readonly string[];
  timer: Timer | undefined;
}

/** The commands that wait for keys. Those of one key are served in the order in which they came. */
export class BlockedCalls {
  readonly #engine: Engine;
  readonly #bySlot = new Map<string, Set<BlockedCall>>();
  readonly #ready = new Set<string>();
  readonly #calls = new Set<BlockedCall>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get count(): number {
    return this.#calls.size;
  }

  /** How many keys are waited for. */
  get keyCount(): number {
    return this.#bySlot.size;
  }

  add(session: Session, options: BlockOptions): void {
    const slots = [...new Set(options.keys.map((key) => slotOf(session.databaseIndex, key)))];
    const call: BlockedCall = { ...options, session, slots, timer: undefined };
    this.#calls.add(call);
    session.blockedCall = call;
    for (const slot of slots) {
      const waiting = this.#bySlot.get(slot);
      if (waiting === undefined) this.#bySlot.set(slot, new Set([call]));
      else waiting.add(call);
    }
    if (options.timeout > 0) {
      call.timer = this.#engine.clock.setTimer(() => this.release(call, options.onTimeout), {
        milliseconds: options.timeout,
      });
    }
  }

  keyChanged(databaseIndex: number, key: string): void {
    if (this.#bySlot.size === 0) return;
    const slot = slotOf(databaseIndex, key);
    if (this.#bySlot.has(slot)) this.#ready.add(slot);
  }

  /** Everything in a database may have changed. */
  databaseChanged(databaseIndex: number): void {
    for (const slot of this.#bySlot.keys()) {
      if (slot.startsWith(slotOf(databaseIndex, ""))) this.#ready.add(slot);
    }
  }

  /** Serves those whose keys were written, until nobody can go on. */
  serve(): void {
    while (this.#ready.size > 0) {
      const slots = [...this.#ready];
      this.#ready.clear();
      for (const slot of slots) this.#serveSlot(slot);
    }
  }

  /** Ends a wait with a reply. */
  release(call: BlockedCall, reply: Reply): void {
    this.cancel(call);
    call.session.send(reply);
    call.session.transport.resume();
  }

  /** Forgets a wait. */
  cancel(call: BlockedCall): void {
    if (!this.#calls.delete(call)) return;
    call.timer?.clear();
    call.session.blockedCall = undefined;
    for (const slot of call.slots) {
      const waiting = this.#bySlot.get(slot);
      waiting?.delete(call);
      if (waiting?.size === 0) this.#bySlot.delete(slot);
    }
  }

  #serveSlot(slot: string): void {
    const key = slot.slice(slot.indexOf(":") + 1);
    for (const call of this.#bySlot.get(slot) ?? []) {
      const type = call.session.database.peek(key)?.value.type;
      if (type !== call.type && call.isServedByRemoval !== true) continue;
      const reply = attempt(call, key);
      if (reply !== undefined) this.release(call, reply);
    }
  }
}

/** Runs a command that may wait: at once when it can, else when one of its keys is written. */
export function runOrBlock(session: Session, options: BlockOptions): Reply {
  const reply = options.attempt();
  if (reply !== undefined) return reply;
  const { withoutWaiting = options.onTimeout } = options;
  if (!session.mayBlock) return withoutWaiting;
  session.engine.blockedCalls.add(session, options);
  return noReply;
}

function attempt(call: BlockedCall, key: string): Reply | undefined {
  try {
    return call.attempt(key);
  } catch (error) {
    return toReplyError(error, call.session);
  }
}

function slotOf(databaseIndex: number, key: string): string {
  return `${databaseIndex}:${key}`;
}
