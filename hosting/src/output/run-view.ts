import type { AttachRunOptions } from "./attach-run.ts";
import type { LogFrame } from "../logs/log-frame.ts";
import type { ResourceSnapshot, RunEvent, RunInfo } from "@dext/protocol";
import type { RunTracker } from "./run-tracker.ts";

/** How a run came to its end. */
export interface RunEnding {
  exitCode: number;
  failed: readonly ResourceSnapshot[];
  /** Milliseconds since the command began. */
  duration: number;
}

/** What shows a run to a person or a program. It is told in the order in which things happen. */
export interface RunView {
  attached(info: RunInfo, resources: readonly ResourceSnapshot[]): void;
  event(event: RunEvent, tracker: RunTracker): void;
  /**
   * Lines of one replica; their bytes are valid until it returns. A promise when the reader has to catch up first.
   * `undefined` when nobody is to read lines.
   */
  lines: ((frame: LogFrame) => Promise<void> | undefined) | undefined;
  /** What the AppHost itself prints. */
  appHostLine(line: { stream: "stdout" | "stderr"; text: string }): void;
  /** Once, when everything that starts by itself is up or has failed. */
  settled(tracker: RunTracker, options: { duration: number }): void;
  /** What a person should know while it happens: that is on stderr. */
  progress(text: string): void;
  /** Everything that was shown before is on its way out. */
  flush(): void;
  ended(ending: RunEnding): void;
  /** Shows the run itself until it ends, in place of being told line by line. */
  show?(options: AttachRunOptions): Promise<void>;
}
