import { instructionKeywords } from "../document/instruction.ts";
import type { LintRule } from "../rule.ts";

/** Upper and lower case. */
export const casingRules: readonly LintRule[] = [
  {
    id: "StageNameCasing",
    source: "buildkit",
    aliases: [],
    severity: "style",
    title: "A stage's name has capital letters",
    why: "Stage names are told apart without case, so a name with capitals suggests a difference that does not exist.",
    fix: "Write the name in lower case, also where it is used.",
    *check({ document }) {
      for (const { name, nameWord } of document.stages) {
        if (name === undefined || nameWord === undefined || name === name.toLowerCase()) continue;
        yield { at: nameWord, message: `The stage name "${name}" should be "${name.toLowerCase()}"` };
      }
    },
  },
  {
    id: "FromAsCasing",
    source: "buildkit",
    aliases: [],
    severity: "style",
    title: "FROM and AS are written in different case",
    why: "One instruction in two styles is harder to read.",
    fix: "Write both words in upper case.",
    *check({ document }) {
      for (const { from } of document.stages) {
        const keyword = from.words[1];
        if (keyword?.value.toUpperCase() !== "AS" || !isOneCase(from.written)) continue;
        const wanted = from.written === from.keyword ? "AS" : "as";
        if (keyword.value === wanted) continue;
        yield {
          at: keyword,
          message: `"${keyword.value}" should be "${wanted}", as "${from.written}" is written`,
        };
      }
    },
  },
  {
    id: "ConsistentInstructionCasing",
    source: "buildkit",
    aliases: [],
    severity: "style",
    title: "Instructions are written in different case",
    why: "Upper case tells instructions from their arguments at a glance, as long as it is the same everywhere.",
    fix: "Write all instructions in the case that most of them have.",
    *check({ document }) {
      const all = document.stages
        .flatMap(({ from, instructions }) => [from, ...instructions])
        .filter(({ keyword }) => instructionKeywords.includes(keyword));
      const upper = all.filter(({ written, keyword }) => written === keyword).length;
      const lower = all.filter(({ written }) => written === written.toLowerCase()).length;
      const isLower = lower > upper;
      for (const one of all) {
        const wanted = isLower ? one.keyword.toLowerCase() : one.keyword;
        if (one.written === wanted) continue;
        yield {
          at: { start: one.start, end: one.start + one.written.length },
          message: `"${one.written}" should be "${wanted}", as most instructions are written`,
        };
      }
    },
  },
];

function isOneCase(word: string): boolean {
  return word === word.toLowerCase() || word === word.toUpperCase();
}
