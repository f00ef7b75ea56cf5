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
  /** Nearly always there is at most one. */
  private dependents: Cancellable | Set<Cancellable> | undefined = undefined;

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
    const { dependents } = this;
    if (dependents === undefined) this.dependents = dependent;
    else if (dependents instanceof Set) dependents.add(dependent);
    else this.dependents = new Set([dependents, dependent]);
  }

  detach(dependent: Cancellable): void {
    const { dependents } = this;
    if (dependents === dependent) this.dependents = undefined;
    else if (dependents instanceof Set) dependents.delete(dependent);
  }

  cancel(reason: unknown): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.reason = reason;
    const { dependents } = this;
    this.dependents = undefined;
    this.controller?.abort(reason);
    if (dependents instanceof Set) for (const dependent of dependents) dependent.cancel(reason);
    else dependents?.cancel(reason);
  }
}
