/** Where a line came from; `system` lines are what Dext itself says about a resource. */
export type LogStream = "stdout" | "stderr" | "system";

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
}

/** Which lines to read. */
export interface LogQuery {
  /** Only these resources; all when absent. */
  resources?: readonly string[];
  /** At most this many of the newest lines before following. */
  tail?: number;
  /** Goes on with new lines until the signal is aborted or the run ends. */
  follow?: boolean;
}
