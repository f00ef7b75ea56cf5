/**
 * Read access to configuration by path, segments joined by `:` as in `"Parameters:db-password"`.
 *
 * It is the one thing that the parts of Dext know about configuration; the provider package gives the full one.
 */
export interface ConfigReader {
  /** The value at a path, or `undefined` when no source has it. Paths are compared without regard to case. */
  get(path: string): string | undefined;
}
