/** Where a line came from; `system` lines are what Dext itself says about a resource. */
export type LogStream = "stdout" | "stderr" | "system";

/** How grave a line is, from the least to the most. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** All levels, from the least to the most grave. */
export const logLevels: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** One line of output of a resource. */
export interface LogLine {
  /** Grows by one with every line of the run, over all resources. */
  seq: number;
  /** When the line was read, in milliseconds since 1970. */
  time: number;
  resource: string;
  replica: number;
  stream: LogStream;
  /** The line without its end, ANSI sequences intact. Bytes that are not UTF-8 are shown as U+FFFD. */
  text: string;
  /** The line was longer than 64 KiB and was broken here: the next line of this stream goes on with it. */
  continues?: true;
  /**
   * The line has not ended yet; only in answer to {@link LogQuery.partial}. It comes again, longer or whole and with a
   * number of its own, as the next line of this stream; until then `seq` says nothing.
   */
  partial?: true;
}

/** Which lines to read. */
export interface LogQuery {
  /** Only these resources; all when absent. */
  resources?: readonly string[];
  /** At most this many of the newest lines before following. */
  tail?: number;
  /** Goes on with new lines until the signal is aborted or the run ends. */
  follow?: boolean;
  /** Only lines read at this time or later, in milliseconds since 1970. */
  since?: number;
  /** Only lines with a greater number than this: reading goes on where it ended. */
  after?: number;
  /** Only lines with a smaller number than this: with `tail`, the page before one that is there. */
  before?: number;
  /** Only lines that contain this text. */
  search?: string;
  /** Upper and lower case are the same for `search`. */
  ignoreCase?: boolean;
  /** Only lines that are recognised as JSON of a logger and have at least this level. */
  level?: LogLevel;
  /** Also shows lines that have not ended after 100 ms of silence, such as a prompt. */
  partial?: boolean;
}
