/**
 * Which process is meant: a pid alone is reused, so the time at which the process started goes with it.
 *
 * `startTime` is opaque and compared as a whole. On Linux it is field 22 of `/proc/<pid>/stat` with the machine's boot
 * (`"127166@b7bb1b29"`), counted by the kernel in ticks, so that neither a clock jump nor a reboot makes two processes
 * look like one. Elsewhere it is the start as `ps` tells it, in UTC.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** A process to be shown to a person. */
export interface NamedProcess extends ProcessIdentity {
  /** Such as `node server.js`. */
  readonly name: string;
}

/** A process as one look at the system's table saw it. */
export interface ProcessEntry extends ProcessIdentity {
  readonly parent: number;
  readonly group: number;
  /** The session; the group again where the system does not tell. */
  readonly session: number;
  /** It has ended and only waits for its parent to take note: nothing runs, nothing can be killed. */
  readonly isZombie: boolean;
  /** It stands still since SIGSTOP or under a debugger. */
  readonly isStopped: boolean;
}

/** What a process inherits in its environment: to which run it belongs and which start of that run it came from. */
export interface ProcessMark {
  readonly runId: string;
  /** Counts the processes that the run's AppHost has started. */
  readonly start?: number;
}

/** Whether two identities mean the same process. */
export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime;
}
