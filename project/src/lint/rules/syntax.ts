import { nearestName } from "@dext/core";
import { instructionKeywords, keyValues } from "../document/instruction.ts";
import type { DockerInstruction } from "../document/instruction.ts";
import type { LintRule } from "../rule.ts";
import { instructionsOf } from "../rule-context.ts";

/** What no builder builds. */
export const syntaxRules: readonly LintRule[] = [
  {
    id: "EmptyDockerfile",
    source: "dext",
    aliases: [],
    severity: "error",
    title: "The file has no instruction",
    why: "A builder refuses a file that is empty or holds only comments.",
    fix: "Begin with FROM and the image to build on.",
    *check({ document }) {
      if (document.instructions.length > 0 || isBinary(document.source.text)) return;
      const end = document.source.text.length;
      const what = document.comments.length > 0 ? "holds only comments" : "is empty";
      yield { at: { start: 0, end }, message: `The file ${what}, and a Dockerfile needs at least a FROM` };
    },
  },
  {
    id: "BinaryFile",
    source: "dext",
    aliases: [],
    severity: "error",
    title: "The file is not text",
    why: "A Dockerfile is UTF-8 text; a builder refuses anything else with an error that leads nowhere.",
    fix: "Give the Dockerfile itself; one in UTF-16 has to be saved as UTF-8.",
    *check({ document }) {
      const { text } = document.source;
      if (!isBinary(text)) return;
      const start = Math.max(0, text.search(binaryCharacter));
      yield { at: { start, end: start + 1 }, message: "The file holds bytes that are no text in UTF-8" };
    },
  },
  {
    id: "NoBuildStage",
    source: "dext",
    aliases: [],
    severity: "error",
    title: "The file has no FROM",
    why: "Without a stage there is nothing to build.",
    fix: "Add FROM with the image to build on, or FROM scratch.",
    *check({ document }) {
      const [first] = document.instructions;
      if (first === undefined || document.stages.length > 0 || isBinary(document.source.text)) return;
      yield { at: first, message: "The file has instructions but no FROM" };
    },
  },
  {
    id: "UnknownInstruction",
    source: "dext",
    aliases: [],
    severity: "error",
    title: "An instruction does not exist",
    why: "A builder stops at a word that it does not know, most often a slip or a line that lost its continuation.",
    fix: "Write the instruction right, or end the line before it with the escape character.",
    *check({ document }) {
      if (isBinary(document.source.text)) return;
      for (const one of document.instructions) {
        const unknown = [one, one.trigger].find(
          (part) => part !== undefined && !instructionKeywords.includes(part.keyword),
        );
        if (unknown === undefined) continue;
        const hint = whatWasMeant(unknown.written);
        yield {
          at: unknown,
          message: `Unknown instruction "${unknown.written}"`,
          ...(hint === undefined ? {} : { hint }),
        };
      }
    },
  },
  {
    id: "MissingArguments",
    source: "dext",
    aliases: [],
    severity: "error",
    title: "An instruction lacks what it has to be given",
    why: "A builder stops at an instruction without its arguments.",
    fix: "Give the instruction what it needs, or remove it.",
    *check(context) {
      for (const one of instructionsOf(context, ...instructionKeywords)) {
        const needs = missingPart(one);
        if (needs !== undefined) yield { at: one, message: `${one.keyword} needs ${needs}` };
      }
    },
  },
  {
    id: "UnterminatedHeredoc",
    source: "dext",
    aliases: [],
    severity: "error",
    title: "A here-document does not end",
    why: "Everything up to the end of the file is taken for its text, and the builder refuses it.",
    fix: "Put the delimiter on a line of its own, without white space around it.",
    *check(context) {
      for (const one of instructionsOf(context, "RUN", "COPY", "ADD")) {
        const open = one.heredocs.find(({ terminated }) => !terminated);
        if (open !== undefined) yield { at: one, message: `The here-document "${open.name}" has no end` };
      }
    },
  },
  {
    id: "DL3061",
    source: "hadolint",
    aliases: [],
    severity: "error",
    title: "Something other than ARG stands before the first FROM",
    why: "Only ARG may come before the first stage; a builder refuses everything else.",
    fix: "Move the instruction below a FROM.",
    *check({ document }) {
      if (document.stages.length === 0) return;
      for (const one of document.instructions) {
        if (one.keyword === "FROM") return;
        if (one.keyword === "ARG" || !instructionKeywords.includes(one.keyword)) continue;
        yield { at: one, message: `${one.keyword} stands before the first FROM` };
      }
    },
  },
  {
    id: "DL3043",
    source: "hadolint",
    aliases: [],
    severity: "error",
    title: "ONBUILD runs ONBUILD, FROM or MAINTAINER",
    why: "These three cannot be put off to the build of another image, and a builder refuses them.",
    fix: "Remove the ONBUILD, or what it runs.",
    *check(context) {
      for (const { trigger } of instructionsOf(context, "ONBUILD")) {
        if (trigger === undefined || !["ONBUILD", "FROM", "MAINTAINER"].includes(trigger.keyword)) continue;
        yield { at: trigger, message: `ONBUILD cannot run ${trigger.keyword}` };
      }
    },
  },
];

function whatWasMeant(written: string): string | undefined {
  // What looks like RUN npm, with a space that text from a page brings along.
  const space = /\s/.exec(written)?.[0];
  if (space !== undefined) {
    const code = space.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `The white space in it is U+${code}: write a plain space.`;
  }
  const near = nearestName(written, instructionKeywords);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/** What an instruction needs and lacks. */
function missingPart(instruction: DockerInstruction): string | undefined {
  const { keyword, json, words } = instruction;
  const given = (json ?? words).length;
  if (keyword === "COPY" || keyword === "ADD") return given < 2 ? "a source and a destination" : undefined;
  // CMD [] and ENTRYPOINT [] are how a base image's are taken back; RUN <<EOF counts its here-document.
  if (given === 0) return json === undefined ? "an argument" : undefined;
  if (keyword === "HEALTHCHECK") {
    return given === 1 && words[0]?.value.toUpperCase() === "CMD" ? "a command after CMD" : undefined;
  }
  if (keyword !== "ENV" && keyword !== "LABEL") return undefined;
  const bare = keyValues(instruction).find(
    ({ rawValue, legacy }) => rawValue === undefined || (legacy && rawValue === ""),
  );
  return bare === undefined ? undefined : `a value for "${bare.key}"`;
}

// NUL never stands in text; U+FFFD is what bytes become that are no UTF-8.
const binaryCharacter = /[\0\uFFFD]/;

/** A comment in Latin-1 or Shift JIS does no harm, and builders take it. */
function isBinary(text: string): boolean {
  return text.includes("\0") || (text.match(/\uFFFD/g)?.length ?? 0) > text.length / 3;
}
