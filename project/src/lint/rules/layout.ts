import { keyValues } from "../document/instruction.ts";
import type { DockerInstruction } from "../document/instruction.ts";
import type { LintRule } from "../rule.ts";
import { instructionsOf } from "../rule-context.ts";
import { isPragma } from "../suppressions.ts";

/** How instructions and comments are written. */
export const layoutRules: readonly LintRule[] = [
  {
    id: "NoEmptyContinuation",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "An instruction goes on across an empty line",
    why: "Builders drop the empty line today and say that they will refuse it.",
    fix: "Remove the empty line, or put a comment on it.",
    *check({ document }) {
      for (const { emptyLines, keyword } of document.instructions) {
        const [start] = emptyLines;
        if (start === undefined) continue;
        yield { at: { start, end: start }, message: `An empty line stands in the middle of ${keyword}` };
      }
    },
  },
  {
    id: "LegacyKeyValueFormat",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "ENV or LABEL separates name and value by white space",
    why: "The old form sets one name only and keeps white space in ways that surprise; it is deprecated.",
    fix: "Write NAME=value, with quotes around a value that has white space.",
    *check(context) {
      for (const one of instructionsOf(context, "ENV", "LABEL")) {
        const [first] = keyValues(one);
        if (first?.legacy !== true || first.rawValue === "") continue;
        yield {
          at: one,
          message: `"${one.keyword} ${first.key}=…" should be used instead of "${one.keyword} ${first.key} …"`,
        };
      }
    },
  },
  {
    id: "MaintainerDeprecated",
    source: "buildkit",
    aliases: ["DL4000", "DS-0022"],
    severity: "warning",
    title: "MAINTAINER is used",
    why: "The instruction has been deprecated since Docker 1.13.",
    fix: 'Use LABEL org.opencontainers.image.authors="…".',
    *check(context) {
      for (const one of instructionsOf(context, "MAINTAINER")) {
        yield { at: one, message: "MAINTAINER is deprecated in favour of a label" };
      }
    },
  },
  {
    id: "InvalidDefinitionDescription",
    source: "buildkit",
    aliases: [],
    severity: "style",
    optIn: true,
    title: "The comment above a named FROM or an ARG does not begin with its name",
    why: "docker build --call=outline and --call=targets print such comments as descriptions when they begin with the name.",
    fix: "Begin the comment with the name, or leave an empty line below it.",
    *check(context) {
      for (const one of instructionsOf(context, "FROM", "ARG")) {
        const comment = one.comments.at(-1);
        const names = definedNames(one);
        if (comment === undefined || comment.text === "" || names.length === 0 || isPragma(comment.text))
          continue;
        if (names.includes(comment.text.split(" ")[0] ?? "")) continue;
        const example = names.length > 1 ? "<name>" : names[0];
        yield {
          at: { start: comment.start, end: one.end },
          message: `The comment above ${one.keyword} should read "# ${example} <description>"`,
        };
      }
    },
  },
];

function definedNames(instruction: DockerInstruction): string[] {
  if (instruction.keyword === "ARG") return keyValues(instruction).map(({ key }) => key);
  const name = instruction.words[1]?.value.toUpperCase() === "AS" ? instruction.words[2]?.value : undefined;
  return name === undefined ? [] : [name];
}
