/** What is checked of an image, in the order in which it is told. */
export const checks = {
  built: "is built",
  lint: "Dockerfile without finding",
  user: "runs as a user that is not root",
  "development-dependencies": "no development dependency",
  sources: "no sources beside the build",
  secrets: "no secret",
  tests: "no tests",
  workspace: "no other packages of the workspace",
  starts: "starts on a read-only root without rights",
  healthy: "becomes healthy",
  stops: "stops when it is told to",
} as const;

/** One thing that is checked, and how it is. */
export interface CheckRow {
  readonly check: keyof typeof checks;
  /** `skipped`: it cannot be told, because something before it has failed. */
  readonly result: "ok" | "failed" | "skipped";
  /** What was found, for a person. */
  readonly found: string;
  /** Milliseconds. */
  readonly duration?: number;
  /** What to do about it. */
  readonly hint?: string;
  /** The last lines of what was said meanwhile. */
  readonly lines?: readonly string[];
}

/** Everything that was checked of one project. */
export interface CheckedProject {
  readonly name: string;
  /** As seen from the current folder. */
  readonly dockerfile: string;
  readonly image?: { readonly size: number };
  readonly rows: readonly CheckRow[];
}

/** The rest of what is to be checked, where something has failed without which nothing can be told. */
export function skipped(names: readonly CheckRow["check"][], because: string): readonly CheckRow[] {
  return names.map((check) => ({ check, result: "skipped", found: because }));
}
