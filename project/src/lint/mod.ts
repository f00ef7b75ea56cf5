import { ruleUrl } from "./rule.ts";
import type { RuleDescription } from "./rule.ts";
import { lintRules } from "./rules.ts";

export { lintDockerfile } from "./lint-dockerfile.ts";
export { lintSeverities } from "./finding.ts";
export type { LintFinding, LintSeverity, LintSource } from "./finding.ts";
export type { LabelFormat, LintDockerfileOptions } from "./lint-options.ts";
export type { RuleDescription } from "./rule.ts";

/** Every rule of the linter, as data. */
export const dockerfileRules: readonly (RuleDescription & { url?: string })[] = lintRules.map(
  ({ check: _check, ...description }) => {
    const url = ruleUrl(description);
    return url === undefined ? description : { ...description, url };
  },
);
