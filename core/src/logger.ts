/** Named values that go with a log message. */
export type LogAttributes = Readonly<Record<string, unknown>>;

/**
 * Where a library of Dext writes what it has to say. Libraries never print: without a logger they are silent.
 */
export interface Logger {
  debug(message: string, attributes?: LogAttributes): void;
  info(message: string, attributes?: LogAttributes): void;
  warn(message: string, attributes?: LogAttributes): void;
  error(message: string, attributes?: LogAttributes): void;
}

/** The logger that drops everything: the default of every library of Dext. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
