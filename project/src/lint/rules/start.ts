import type { DockerInstruction } from "../document/instruction.ts";
import type { LintRule } from "../rule.ts";
import { instructionsBefore, lastStage, shippedInstructions } from "../rule-context.ts";

/** How a container starts and is looked after. */
export const startRules: readonly LintRule[] = [
  {
    id: "JSONArgsRecommended",
    source: "buildkit",
    aliases: ["DL3025"],
    severity: "warning",
    title: "CMD or ENTRYPOINT is in shell form",
    why: "The program runs below a shell that passes no signals on: a stop takes until the engine kills it.",
    fix: 'Write it as JSON: CMD ["program", "argument"]. A SHELL instruction says that the shell is meant.',
    *check({ document }) {
      for (const one of document.instructions) {
        if (one.keyword !== "CMD" && one.keyword !== "ENTRYPOINT") continue;
        if (one.json !== undefined || one.words.length === 0 || hasShell(one)) continue;
        const broken = one.body.text.startsWith("[")
          ? ": the array is no JSON array of strings in double quotes"
          : "";
        yield {
          at: one,
          message: `${one.keyword} is in shell form, behind which a program gets no signals${broken}`,
        };
      }
    },
  },
  {
    id: "DL3025",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "A health check that needs no shell is in shell form",
    why: "Every check starts a shell first, and fails in an image that has none.",
    fix: 'Write it as JSON: HEALTHCHECK CMD ["program", "argument"].',
    *check({ document }) {
      for (const one of document.instructions) {
        const [keyword, first] = one.words;
        if (one.keyword !== "HEALTHCHECK" || keyword?.value.toUpperCase() !== "CMD" || first === undefined)
          continue;
        // What a shell is needed for is no mistake.
        if (first.raw.startsWith("[") || /[|&;<>$`*?(){}]/.test(one.body.text)) continue;
        yield { at: one, message: "The health check runs in a shell that it does not need" };
      }
    },
  },
  {
    id: "MultipleInstructionsDisallowed",
    source: "buildkit",
    aliases: ["DL4003", "DL4004", "DL3012", "DS-0016", "DS-0007", "DS-0023"],
    severity: "warning",
    title: "A stage has CMD, ENTRYPOINT or HEALTHCHECK more than once",
    why: "Only the last one counts.",
    fix: "Remove all but the last.",
    *check({ document }) {
      for (const { instructions } of document.stages) {
        for (const [keyword, aliases] of onlyOnce) {
          const all = instructions.filter((one) => one.keyword === keyword);
          for (const one of all.slice(0, -1)) {
            yield {
              at: one,
              message: `A later ${keyword} of the stage takes the place of this one`,
              aliases,
            };
          }
        }
      }
    },
  },
  {
    id: "DL3057",
    source: "hadolint",
    aliases: ["DS-0026", "CIS-DI-0006"],
    severity: "info",
    title: "The image of a service has no HEALTHCHECK",
    why: "The engine cannot tell a service that hangs from one that works. Looked at where the image has an EXPOSE.",
    fix: "Add HEALTHCHECK with a program that asks the service; HEALTHCHECK NONE says that there is none on purpose.",
    *check(context) {
      const stage = lastStage(context);
      if (stage === undefined) return;
      const shipped = shippedInstructions(context).filter(({ onbuild }) => !onbuild);
      if (!shipped.some(({ keyword }) => keyword === "EXPOSE")) return;
      if (shipped.some(({ keyword }) => keyword === "HEALTHCHECK")) return;
      yield { at: stage.from, message: "The image has ports but no HEALTHCHECK" };
    },
  },
  {
    id: "DKL-DI-0002",
    source: "dockle",
    aliases: [],
    severity: "warning",
    title: "VOLUME names a folder of the system",
    why: "A volume over /dev, /proc or /sys hides what the kernel shows there.",
    fix: "Use a folder of the application.",
    *check({ document }) {
      for (const one of document.instructions) {
        if (one.keyword !== "VOLUME") continue;
        const folder = (one.json ?? one.words).find(({ value }) => /^\/(?:dev|proc|sys)\/?$/.test(value));
        if (folder !== undefined) yield { at: folder, message: `"${folder.value}" belongs to the system` };
      }
    },
  },
];

const onlyOnce: readonly [keyword: string, aliases: readonly string[]][] = [
  ["CMD", ["DL4003", "DS-0016"]],
  ["ENTRYPOINT", ["DL4004", "DS-0007"]],
  ["HEALTHCHECK", ["DL3012", "DS-0023"]],
];

/** Whether the stage says which shell it wants, which makes the shell form a choice. */
function hasShell(instruction: DockerInstruction): boolean {
  return instructionsBefore(instruction).some(({ keyword }) => keyword === "SHELL");
}
