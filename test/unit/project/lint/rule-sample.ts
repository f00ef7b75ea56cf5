import type { LintDockerfileOptions } from "@dext/project/lint";

/** A Dockerfile that a rule tells of, and one that it lets be. */
export interface RuleSample {
  bad: string;
  good: string;
  /** Where the first finding stands. */
  line?: number;
  options?: LintDockerfileOptions;
}

/** Samples by the id of their rule. */
export type RuleSamples = Readonly<Record<string, readonly RuleSample[]>>;
