import { nearestName } from "@dext/core";
import { projectError } from "../project-error.ts";
import { readDockerfile } from "./document/dockerfile-document.ts";
import { placeOf } from "./document/source-lines.ts";
import { lintSeverities } from "./finding.ts";
import type { LintFinding } from "./finding.ts";
import type { LintDockerfileOptions } from "./lint-options.ts";
import { ruleUrl } from "./rule.ts";
import type { LintRule, RuleReport } from "./rule.ts";
import { createRuleContext } from "./rule-context.ts";
import { ruleIdForms } from "./rule-ids.ts";
import { lintRules } from "./rules.ts";
import { allOfBuildKit, readSuppressions } from "./suppressions.ts";
import type { Suppressions } from "./suppressions.ts";

/**
 * Finds what is wrong with a Dockerfile, under the ids that BuildKit, hadolint, Trivy and dockle have published.
 * Nothing is read from disk or run. A file that is empty, binary or broken gives findings too.
 *
 * @throws `DEXT_PROJECT_LINT_RULE_UNKNOWN` when an option names a rule that there is not.
 *
 * @example
 * ```ts
 * import { lintDockerfile } from "@dext/project/lint";
 *
 * const [finding] = lintDockerfile('FROM node\nUSER 1000\nCMD ["node"]\n');
 * if (finding?.rule !== "DL3006" || finding.line !== 1) throw new Error("not found");
 * ```
 */
export function lintDockerfile(text: string, options: LintDockerfileOptions = {}): LintFinding[] {
  const { file, skip = [], only = [], enable = [], suppressions = true, ...settings } = options;
  refuseUnknownRules([...skip, ...only, ...enable]);
  const document = readDockerfile(text);
  const context = createRuleContext(document, settings);
  const comments = suppressions ? readSuppressions(document) : everythingAllowed;
  const findings: LintFinding[] = [];
  for (const rule of lintRules) {
    if (!isWanted(rule, { skip, only, enable: [...enable, ...comments.enabled] })) continue;
    for (const report of rule.check(context)) {
      const ids = [rule.id, ...(report.aliases ?? rule.aliases)];
      if (matchesAny(ids, skip) || !comments.allows({ source: rule.source, ids }, report.at.start)) continue;
      findings.push(toFinding(rule, report, { file, document }));
    }
  }
  return findings.toSorted(byPlace);
}

const everythingAllowed: Suppressions = { allows: () => true, enabled: new Set() };

interface Choice {
  skip: readonly string[];
  only: readonly string[];
  enable: readonly string[];
}

function isWanted(rule: LintRule, { skip, only, enable }: Choice): boolean {
  // What some reports call otherwise is looked at one by one.
  if (matchesAny([rule.id], skip)) return false;
  const ids = [rule.id, ...rule.aliases];
  if (only.length > 0) return matchesAny(ids, only);
  const inAll = rule.source === "buildkit" && enable.includes(allOfBuildKit);
  return rule.optIn !== true || matchesAny(ids, enable) || inAll;
}

function matchesAny(ids: readonly string[], wanted: readonly string[]): boolean {
  return wanted.length > 0 && ids.flatMap((id) => ruleIdForms(id)).some((form) => wanted.includes(form));
}

function refuseUnknownRules(ids: readonly string[]): void {
  const known = new Set(
    lintRules.flatMap(({ id, aliases }) => [id, ...aliases].flatMap((one) => ruleIdForms(one))),
  );
  const unknown = ids.find((id) => !known.has(id));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  throw projectError("DEXT_PROJECT_LINT_RULE_UNKNOWN", `There is no lint rule "${unknown}"`, {
    hint: near === undefined ? "docs/dockerfile-lint.md lists all rules" : `Did you mean ${near}?`,
  });
}

function toFinding(
  rule: LintRule,
  { at, message, hint = rule.fix, aliases = rule.aliases, severity = rule.severity }: RuleReport,
  { file, document }: { file: string | undefined; document: ReturnType<typeof readDockerfile> },
): LintFinding {
  const { line, column } = placeOf(document.source, at.start);
  const url = ruleUrl(rule);
  return {
    rule: rule.id,
    aliases,
    source: rule.source,
    severity,
    message,
    hint,
    ...(file === undefined ? {} : { file }),
    line,
    column,
    endLine: Math.max(line, placeOf(document.source, Math.max(at.start, at.end - 1)).line),
    ...(url === undefined ? {} : { url }),
  };
}

function byPlace(a: LintFinding, b: LintFinding): number {
  return (
    a.line - b.line ||
    a.column - b.column ||
    lintSeverities.indexOf(a.severity) - lintSeverities.indexOf(b.severity) ||
    (a.rule < b.rule ? -1 : 1)
  );
}
