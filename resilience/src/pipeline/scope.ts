import type { Execution } from "./execution.ts";

/** Something that has to end when the scope that it lives in is cancelled. */
export interface Cancellable {
  cancel(reason: unknown): void;
}

/**
 * A stretch of work that can be cancelled as one: the execution, or what a timeout or a hedged attempt encloses.
 *
 * Scopes form a tree that hands cancellation down, so that an abort signal is made only for an operation that asks.
 */
export class Scope implements Cancellable {
  readonly execution: Execution;
  /** When the nearest timeout outside ends the work, on the monotonic clock; `Infinity` without one. */
  readonly deadline: number;
  cancelled = false;
  /** Why it was cancelled. */
  reason: unknown = undefined;
  private controller: AbortController | undefined = undefined;
  private dependent: Cancellable | undefined = undefined;
  private otherDependents: Set<Cancellable> | undefined = undefined;

  /** @param execution the execution that it is part of; absent: it is the execution itself. */
  constructor(execution: Execution | undefined, deadline: number) {
    this.execution = execution ?? (this as unknown as Execution);
    this.deadline = deadline;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.cancelled) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** Has `dependent` cancelled with this scope. The scope must not be cancelled yet. */
  attach(dependent: Cancellable): void {
    if (this.dependent === undefined) this.dependent = dependent;
    else (this.otherDependents ??= new Set()).add(dependent);
  }

  detach(dependent: Cancellable): void {
    if (this.dependent === dependent) this.dependent = undefined;
    else this.otherDependents?.delete(dependent);
  }

  cancel(reason: unknown): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.reason = reason;
    const { dependent, otherDependents } = this;
    this.dependent = undefined;
    this.otherDependents = undefined;
    this.controller?.abort(reason);
    dependent?.cancel(reason);
    if (otherDependents !== undefined) for (const other of otherDependents) other.cancel(reason);
  }
}
