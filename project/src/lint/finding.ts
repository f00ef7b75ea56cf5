/** Who published a rule. `dext` stands for what BuildKit refuses to build without giving the refusal an id. */
export type LintSource = "buildkit" | "hadolint" | "trivy" | "dockle" | "dext";

/** How bad it is: `error` does not build or is a hole, `style` is taste. */
export type LintSeverity = "error" | "warning" | "info" | "style";

/** Every severity, the worst first. */
export const lintSeverities: readonly LintSeverity[] = ["error", "warning", "info", "style"];

/** One thing that a rule found in a Dockerfile. */
export interface LintFinding {
  /** The published id, such as `DL3020` or `StageNameCasing`. */
  rule: string;
  /** What other tools call the same thing. */
  aliases: readonly string[];
  source: LintSource;
  severity: LintSeverity;
  message: string;
  /** What to do about it. */
  hint: string;
  /** The file's name as it was given. */
  file?: string;
  /** Counted from 1. */
  line: number;
  /** Counted from 1, in UTF-16 code units. */
  column: number;
  /** The last line that it is about, counted from 1. */
  endLine: number;
  /** Where the rule is described by those who published it. */
  url?: string;
}
