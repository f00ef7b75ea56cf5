import type { DockerfileDocument } from "./document/dockerfile-document.ts";
import type { DockerInstruction } from "./document/instruction.ts";
import type { LintSeverity, LintSource } from "./finding.ts";
import type { LintSettings } from "./lint-options.ts";
import type { ShellScript } from "./shell/shell-script.ts";

/** What a rule has found. */
export interface RuleReport {
  /** Offsets in the source; the end is exclusive. */
  at: { start: number; end: number };
  message: string;
  /** In place of the rule's. */
  hint?: string;
  /** In place of the rule's. */
  aliases?: readonly string[];
  /** In place of the rule's. */
  severity?: LintSeverity;
}

/** What a rule can look at. */
export interface RuleContext {
  document: DockerfileDocument;
  settings: LintSettings;
  /** What a `RUN` does; nothing is found in one that another shell than that of POSIX runs. */
  script: (run: DockerInstruction) => ShellScript;
}

/** What there is to know of a rule without running it. */
export interface RuleDescription {
  /** As published. */
  id: string;
  source: LintSource;
  /** What other tools call the same thing. */
  aliases: readonly string[];
  severity: LintSeverity;
  /** What it finds, as one sentence without its full stop. */
  title: string;
  /** Why that is bad. */
  why: string;
  /** What to do about it. */
  fix: string;
  /** Whether it is off unless it is switched on. */
  optIn?: boolean;
}

/** A rule. */
export interface LintRule extends RuleDescription {
  check: (context: RuleContext) => Iterable<RuleReport>;
}

/** Where those who published a rule describe it. */
export function ruleUrl({ id, source }: RuleDescription): string | undefined {
  switch (source) {
    case "buildkit":
      return `https://docs.docker.com/go/dockerfile/rule/${kebabCase(id)}/`;
    case "hadolint":
      return `https://github.com/hadolint/hadolint/wiki/${id}`;
    case "trivy":
      return `https://avd.aquasec.com/misconfig/${id.toLowerCase()}`;
    case "dockle":
      return `https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md#${id.toLowerCase()}`;
    case "dext":
      return undefined;
  }
}

/** `JSONArgsRecommended` as `json-args-recommended`. */
function kebabCase(id: string): string {
  return id
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase();
}
