import type { DockerInstruction } from "../document/instruction.ts";
import type { LintRule } from "../rule.ts";
import { instructionsBefore, instructionsOf, knownValue, runSteps } from "../rule-context.ts";
import { readArguments } from "../shell/shell-command.ts";

/** The folder that things are done in. */
export const workdirRules: readonly LintRule[] = [
  {
    id: "WorkdirRelativePath",
    source: "buildkit",
    aliases: ["DL3000", "DS-0009"],
    severity: "warning",
    title: "The first WORKDIR of a stage is relative",
    why: "Where it leads depends on the base image, which may change.",
    fix: "Begin with an absolute path.",
    *check(context) {
      for (const one of instructionsOf(context, "WORKDIR")) {
        if (!isRelative(one) || workdirsBefore(one).length > 0) continue;
        yield {
          at: one,
          message: `WORKDIR "${one.body.text.trim()}" begins in a folder of the base image's choice`,
        };
      }
    },
  },
  {
    id: "DL3000",
    source: "hadolint",
    aliases: ["DS-0009"],
    severity: "info",
    title: "A later WORKDIR of a stage is relative",
    why: "One has to read all of them above to know where it leads.",
    fix: "Write the whole path.",
    *check(context) {
      for (const one of instructionsOf(context, "WORKDIR")) {
        if (!isRelative(one) || workdirsBefore(one).length === 0) continue;
        yield { at: one, message: `WORKDIR "${one.body.text.trim()}" is relative to the one before` };
      }
    },
  },
  {
    id: "DS-0030",
    source: "trivy",
    aliases: [],
    severity: "error",
    title: "WORKDIR is a folder of the system",
    why: "A container that starts in /proc, /dev or the like can be led out of its boundaries (CVE-2024-21626).",
    fix: "Use a folder of the application.",
    *check(context) {
      for (const one of instructionsOf(context, "WORKDIR")) {
        const [word] = one.words;
        const path = word && knownValue(context, one, word);
        if (path === undefined || !/^\/(?:proc|boot|dev|initrd|lost\+found)(?:\/|$)/.test(path)) continue;
        yield { at: one, message: `WORKDIR "${path}" is a folder of the system` };
      }
    },
  },
  {
    id: "DL3003",
    source: "hadolint",
    aliases: ["DS-0013"],
    severity: "warning",
    title: "A RUN begins with cd",
    why: "WORKDIR says the same where everyone looks for it. A cd that comes after other commands is none of its business.",
    fix: "Put WORKDIR before the RUN.",
    *check(context) {
      for (const { run, script } of runSteps(context)) {
        const command = script.commands.find(
          ({ name, first, contained }) => name === "cd" && first && !contained,
        );
        const target = command && readArguments(command).operands[0];
        if (command === undefined || target === undefined || target.dynamic || target.text === "-") continue;
        // What is mounted is there only while the RUN lasts.
        if (hasMount(run, target.text)) continue;
        const useless = script.commands.length === 1 ? ", and its effect ends with the RUN" : "";
        yield { at: command, message: `The ${run.keyword} begins with cd to "${target.text}"${useless}` };
      }
    },
  },
  {
    id: "DL3045",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "COPY goes to a relative path and the stage has no WORKDIR",
    why: "Where the files end up depends on the base image, which may change.",
    fix: "Set WORKDIR before, or copy to an absolute path.",
    *check(context) {
      for (const one of instructionsOf(context, "COPY")) {
        const target = (one.json ?? one.words).at(-1)?.value ?? "/";
        if (one.onbuild || !isRelativePath(target) || workdirsBefore(one).length > 0) continue;
        yield { at: one, message: `COPY goes to "${target}", and no WORKDIR says where that is` };
      }
    },
  },
];

function hasMount({ flags }: DockerInstruction, path: string): boolean {
  return flags.some(({ name, value }) => {
    const target = /(?:^|,)(?:target|dst|destination)=(?<path>[^,]+)/.exec(value)?.groups?.["path"];
    return name === "mount" && target !== undefined && `${path}/`.startsWith(`${target}/`);
  });
}

function isRelative({ words }: DockerInstruction): boolean {
  return words[0] !== undefined && isRelativePath(words[0].value);
}

function isRelativePath(path: string): boolean {
  return !/^(?:[/\\$]|[A-Za-z]:)/.test(path);
}

function workdirsBefore(instruction: DockerInstruction): DockerInstruction[] {
  return instructionsBefore(instruction).filter(({ keyword }) => keyword === "WORKDIR");
}
