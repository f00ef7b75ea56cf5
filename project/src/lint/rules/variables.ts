import { nearestName } from "@dext/core";
import { expandWord } from "../document/expand.ts";
import { keyValues } from "../document/instruction.ts";
import type { DockerInstruction } from "../document/instruction.ts";
import { lookupIn, platformArguments, predefinedArguments } from "../document/scope.ts";
import type { Scope } from "../document/scope.ts";
import { isFromScratch } from "../document/stages.ts";
import type { LintRule, RuleContext } from "../rule.ts";

/** What variables stand for. */
export const variableRules: readonly LintRule[] = [
  {
    id: "UndefinedVar",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "An instruction uses a variable that its stage does not declare",
    why: "It stands for nothing. An ARG above the first FROM, or in another stage, does not count: every stage declares its own.",
    fix: "Declare it by ARG or ENV in the stage, above its use.",
    *check(context) {
      const { document } = context;
      const elsewhere = declaredNames(context);
      for (const one of document.instructions) {
        if (one.stage === undefined || !expanded.has(one.keyword)) continue;
        for (const name of unknownNames(context, one)) {
          const near = nearName(name, document.scopeOf(one));
          const why = reason(name, { near, elsewhere, scratch: isFromScratch(one.stage) });
          if (why === undefined) continue;
          yield {
            at: one,
            message: `${one.keyword} uses "$${name}", ${why}`,
            ...(near === undefined ? {} : { hint: `Did you mean $${near}?` }),
          };
        }
      }
    },
  },
  {
    id: "DL3044",
    source: "hadolint",
    aliases: [],
    severity: "error",
    title: "ENV uses a variable that the same ENV sets",
    why: "All of an ENV sees the variables as they were before it, so the new one still stands for nothing.",
    fix: "Set the variables in two ENV instructions.",
    *check({ document }) {
      for (const one of document.instructions) {
        if (one.keyword !== "ENV") continue;
        const pairs = keyValues(one);
        const scope = document.scopeOf(one);
        const used = new Set(
          pairs.flatMap(({ key, rawValue = "" }) =>
            usedNames(rawValue, { scope, escape: document.escape }).filter((name) => name !== key),
          ),
        );
        const early = pairs.find(({ key }) => used.has(key) && !scope.has(key) && key !== "PATH");
        if (early === undefined) continue;
        yield { at: one, message: `"${early.key}" is used in the ENV that sets it` };
      }
    },
  },
];

/** Instructions in which the builder itself puts variables in. */
const expanded: ReadonlySet<string> = new Set([
  "ADD",
  "ARG",
  "COPY",
  "ENV",
  "EXPOSE",
  "LABEL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
]);

/** The variables of an instruction that nothing before it declares; a base image may still set them. */
function unknownNames({ document }: RuleContext, instruction: DockerInstruction): Set<string> {
  const scope = document.scopeOf(instruction);
  const raw = [...instruction.flags.map(({ value }) => value), ...argumentTexts(instruction)];
  // In `ARG A=1 B=$A` the later ones see the earlier.
  const own = instruction.keyword === "ARG" ? keyValues(instruction).map(({ key }) => key) : [];
  const names = raw.flatMap((text) => usedNames(text, { scope, escape: document.escape }));
  return new Set(
    names.filter((name) => !scope.has(name) && !own.includes(name) && !predefinedArguments.includes(name)),
  );
}

function argumentTexts(instruction: DockerInstruction): string[] {
  const { keyword, words, json } = instruction;
  if (keyword === "ARG" || keyword === "ENV" || keyword === "LABEL") {
    return keyValues(instruction).map(({ rawValue = "" }) => rawValue);
  }
  return (json ?? words).map(({ raw }) => raw);
}

function usedNames(text: string, { scope, escape }: { scope: Scope; escape: string }): string[] {
  return expandWord(text, lookupIn(scope), { escape })
    .uses.filter(({ guarded }) => !guarded)
    .map(({ name }) => name);
}

/**
 * Why a variable stands for nothing, or nothing when that cannot be told: the base image may set it, and only
 * `scratch` is known to set none.
 */
function reason(
  name: string,
  {
    near,
    elsewhere,
    scratch,
  }: { near: string | undefined; elsewhere: ReadonlySet<string>; scratch: boolean },
): string | undefined {
  if (name === "PATH") return undefined;
  if (platformArguments.includes(name)) return "which the stage has to declare by ARG";
  if (elsewhere.has(name)) return "which is declared elsewhere but not above it in its stage";
  if (scratch || near !== undefined) return "which nothing declares";
  return undefined;
}

/** A declared name of which this one is most likely a slip: as long or nearly so, and one letter off or two swapped. */
function nearName(name: string, scope: Scope): string | undefined {
  const names = [...scope.keys(), "PATH"].filter((other) => name.length >= 4 && isSlip(name, other));
  return nearestName(name, names);
}

function isSlip(name: string, other: string): boolean {
  if (Math.abs(name.length - other.length) > 1 || name === other) return false;
  if (/\d/.test(name) || /\d/.test(other)) return false;
  if (sortedLetters(name) === sortedLetters(other)) return true;
  let same = 0;
  while (same < name.length && name[same] === other[same]) same += 1;
  const skipName = name.length >= other.length ? 1 : 0;
  const skipOther = other.length >= name.length ? 1 : 0;
  return name.slice(same + skipName) === other.slice(same + skipOther);
}

function sortedLetters(word: string): string {
  return word.toUpperCase().split("").toSorted().join("");
}

/** What the file declares. Of what an ENV only adds to, as in `A=/b:$A`, the base image knows more. */
function declaredNames({ document }: RuleContext): Set<string> {
  return new Set(
    document.instructions
      .filter(({ keyword }) => keyword === "ARG" || keyword === "ENV")
      .flatMap((one) =>
        keyValues(one)
          .filter(({ key, rawValue = "" }) => {
            const used = usedNames(rawValue, { scope: document.globals, escape: document.escape });
            return one.keyword === "ARG" || !used.includes(key);
          })
          .map(({ key }) => key),
      ),
  );
}
