import type { SupervisedContainer } from "../containers/supervised-container.ts";

/** How what runs a replica ended. */
export interface InstanceExit {
  readonly exitCode?: number;
  readonly signal?: string;
  /** What is known besides. */
  readonly reason?: string;
}

/** What runs a replica: a process with all that it starts, or a container. */
export interface RunningInstance {
  /** Absent for a container. */
  readonly pid?: number;
  /** Present for a container. */
  readonly container?: SupervisedContainer;
  readonly exited: Promise<InstanceExit>;
  /** Itself and everything that came from it; empty for a container. */
  pids(): readonly number[];
  /** Sends a signal to its first process; gives the reason where that cannot be done. */
  signal(name: NodeJS.Signals): Promise<string | undefined>;
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
  /** Ends what was left behind and reads the rest of the output. */
  cleanUp(): Promise<void>;
}
