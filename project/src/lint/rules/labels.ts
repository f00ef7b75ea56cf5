import { expandWord } from "../document/expand.ts";
import { keyValues } from "../document/instruction.ts";
import { lookupIn } from "../document/scope.ts";
import type { LabelFormat } from "../lint-options.ts";
import type { LintRule, RuleContext, RuleReport } from "../rule.ts";
import { instructionsOf, lastStage, shippedInstructions } from "../rule-context.ts";
import type { DockerWord } from "../document/words.ts";
import { labelFormats } from "../label-formats.ts";

/** Labels. */
export const labelRules: readonly LintRule[] = [
  {
    id: "DL3048",
    source: "hadolint",
    aliases: [],
    severity: "style",
    title: "A label's name is not as Docker wants it",
    why: "Names are lower case and begin with a reversed domain; some are kept for Docker itself.",
    fix: "Use lower-case letters, digits and single dots, dashes, underscores and slashes.",
    *check(context) {
      for (const { key, word } of labels(context)) {
        if (key.includes("$") || isValidLabel(key)) continue;
        yield { at: word, message: `"${key}" is no good name for a label` };
      }
    },
  },
  {
    id: "DL3049",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "A label is missing",
    why: "Looked at when the option labels says which ones an image needs.",
    fix: "Add it by LABEL in the last stage.",
    *check(context) {
      const stage = lastStage(context);
      if (stage === undefined) return;
      const set = new Set(
        shippedInstructions(context)
          .filter(({ keyword }) => keyword === "LABEL")
          .flatMap((one) => keyValues(one).map(({ key }) => key)),
      );
      for (const name of Object.keys(context.settings.labels ?? {})) {
        if (!set.has(name)) yield { at: stage.from, message: `The label "${name}" is missing` };
      }
    },
  },
  {
    id: "DL3050",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "A label is not on the list",
    why: "Looked at when the option strictLabels allows only the labels that labels names.",
    fix: "Remove it, or put it on the list.",
    *check(context) {
      if (context.settings.strictLabels !== true) return;
      for (const { key, word } of labels(context)) {
        if (Object.hasOwn(context.settings.labels ?? {}, key)) continue;
        yield { at: word, message: `The label "${key}" is not on the list` };
      }
    },
  },
  {
    id: "DL3051",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "A label that is needed is empty",
    why: "Looked at for the labels that the option labels names.",
    fix: "Give it a value.",
    *check(context) {
      for (const { key, value, word } of labels(context)) {
        if (value === "" && Object.hasOwn(context.settings.labels ?? {}, key)) {
          yield { at: word, message: `The label "${key}" is empty` };
        }
      }
    },
  },
  formatRule("DL3052", { format: "url", title: "A label is no URL", fix: "Write an absolute URL." }),
  formatRule("DL3053", {
    format: "rfc3339",
    title: "A label is no time as RFC 3339 has it",
    fix: "Write it as 2026-01-31T12:00:00Z.",
  }),
  formatRule("DL3054", {
    format: "spdx",
    title: "A label is no SPDX licence expression",
    fix: "Write the licence's identifier, such as Apache-2.0.",
  }),
  formatRule("DL3055", {
    format: "hash",
    title: "A label is no hash of a Git commit",
    fix: "Write 7 or 40 hexadecimal digits in lower case.",
  }),
  formatRule("DL3056", {
    format: "semver",
    title: "A label is no semantic version",
    fix: "Write it as 1.2.3.",
  }),
  formatRule("DL3058", {
    format: "email",
    title: "A label is no e-mail address",
    fix: "Write it as name@example.com.",
  }),
];

interface FormatText {
  format: LabelFormat;
  title: string;
  fix: string;
}

function formatRule(id: string, { format, title, fix }: FormatText): LintRule {
  return {
    id,
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title,
    why: "Programs that read the label count on its form. Looked at for the labels that the option labels names.",
    fix,
    check: (context) => wrongValues(context, format),
  };
}

function* wrongValues(context: RuleContext, format: LabelFormat): Iterable<RuleReport> {
  const wanted = context.settings.labels ?? {};
  for (const { key, value, word } of labels(context)) {
    if (!Object.hasOwn(wanted, key) || wanted[key] !== format) continue;
    if (value === undefined || value === "" || labelFormats[format](value)) continue;
    yield { at: word, message: `The label "${key}" is "${value}", wanted: ${format}` };
  }
}

interface Label {
  key: string;
  /** Nothing when it depends on what the build is given. */
  value: string | undefined;
  word: DockerWord;
}

function labels(context: RuleContext): Label[] {
  return instructionsOf(context, "LABEL").flatMap((one) => {
    const scope = context.document.scopeOf(one);
    return keyValues(one).map(({ key, rawValue = "", word }) => {
      const { value, uses } = expandWord(rawValue, lookupIn(scope), context.document);
      const known = uses.every(({ name, guarded }) => guarded || typeof scope.get(name) === "string");
      return { key, value: known ? value : undefined, word };
    });
  });
}

function isValidLabel(key: string): boolean {
  return (
    /^[a-z](?:[a-z0-9._/-]*[a-z0-9])?$/.test(key) &&
    !/\.\.|--/.test(key) &&
    !/^(?:com\.docker\.|io\.docker\.|org\.dockerproject\.)/.test(key)
  );
}
