import type { DockerInstruction } from "../document/instruction.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { instructionsBefore, runSteps } from "../rule-context.ts";
import { aptSyntax, isAction, apkSyntax } from "../shell/package-install.ts";
import { isHadolintIgnore } from "../suppressions.ts";
import { hasFlag, readArguments } from "../shell/shell-command.ts";
import type { ShellCommand } from "../shell/shell-command.ts";

/** Commands that a `RUN` had better not run, or run otherwise. */
export const commandRules: readonly LintRule[] = [
  {
    id: "DL3001",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "A RUN uses a command that makes no sense in a build",
    why: "Programs such as ssh, vim, top or mount are for a running machine, and a build is none.",
    fix: "Remove the command.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find(({ name, words }) => senseless.has(name) && !asksVersion(words));
        if (command !== undefined)
          yield { at: command, message: `"${command.name}" makes no sense in a build` };
      }
    },
  },
  {
    id: "DL3004",
    source: "hadolint",
    aliases: ["DS-0010", "DKL-DI-0001"],
    severity: "error",
    title: "A RUN uses sudo",
    why: "It behaves in unforeseen ways without a terminal, and who may use it is one more way to root.",
    fix: "Put USER root before the RUN and USER with the other one after it.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find(({ name }) => name === "sudo");
        if (command !== undefined) yield { at: command, message: "sudo is used" };
      }
    },
  },
  {
    id: "DS-0017",
    source: "trivy",
    aliases: ["CIS-DI-0007"],
    severity: "warning",
    title: "The package lists are updated in a RUN of their own",
    why: "The layer with the lists is cached, so a later install gets versions that are gone.",
    fix: "Update and install in one RUN.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const update = script.commands.find(
          (command) => isAction(command, aptSyntax, "update") || isAction(command, apkSyntax, "update"),
        );
        if (update === undefined) continue;
        // By their order: what a quoted script holds stands in one place.
        const rest = script.commands.slice(script.commands.indexOf(update) + 1);
        // Anything else that follows may be what needs the lists: a script, another installer.
        if (rest.every(isTidying))
          yield { at: update, message: `Nothing in the RUN uses what "${update.name} update" fetches` };
      }
    },
  },
  {
    id: "DL4001",
    source: "hadolint",
    aliases: ["DS-0014"],
    severity: "warning",
    title: "A stage uses both wget and curl",
    why: "One of them does, and the other is only weight.",
    fix: "Use one of them.",
    *check({ document, script }) {
      for (const { instructions } of document.stages) {
        const commands = instructions
          .filter(({ keyword }) => keyword === "RUN")
          .flatMap((run) => script(run).commands);
        const fetches = commands.filter(({ name }) => name === "curl" || name === "wget");
        const second = fetches.find(({ name }) => name !== fetches[0]?.name);
        if (second !== undefined)
          yield { at: second, message: `The stage uses both ${fetches[0]?.name} and ${second.name}` };
      }
    },
  },
  {
    id: "DL4005",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "A RUN replaces /bin/sh",
    why: "Programs of the image that count on its own shell may break.",
    fix: "Use SHELL to choose another shell.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find(
          (one) => one.name === "ln" && readArguments(one).operands.at(-1)?.text === "/bin/sh",
        );
        if (command !== undefined) yield { at: command, message: "/bin/sh is replaced" };
      }
    },
  },
  {
    id: "DL4006",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "A pipe hides that its first part failed",
    why: "A shell looks at the last part only: a download that breaks off is taken for a success.",
    fix: 'Put SHELL ["/bin/bash", "-o", "pipefail", "-c"] before, with ash on Alpine, or set -o pipefail into the RUN.',
    *check(context) {
      for (const { run, script } of runSteps(context)) {
        const pipe = script.pipes.find(({ risky }) => risky);
        if (pipe === undefined || setsPipefail(context, run)) continue;
        yield { at: pipe, message: "The pipe succeeds even when its first part fails" };
      }
    },
  },
  {
    id: "DL3059",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "Small RUN instructions follow one another",
    why: "Each makes a layer, and what one deletes stays in the one before.",
    fix: "Join them with &&.",
    *check({ document, script }) {
      for (const { instructions } of document.stages) {
        let previous: DockerInstruction | undefined;
        for (const one of instructions) {
          const both = previous?.keyword === "RUN" && one.keyword === "RUN" && sameFlags(previous, one);
          const small = both && isSmall(script, one) && previous !== undefined && isSmall(script, previous);
          if (small) yield { at: one, message: "This RUN could be part of the one before" };
          previous = one;
        }
      }
    },
  },
  {
    id: "DL3047",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "wget shows a progress bar",
    why: "A build's log keeps every step of the bar.",
    fix: "Add -q, -nv or --progress=dot:giga.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find((one) => one.name === "wget" && showsProgress(one));
        if (command !== undefined) yield { at: command, message: "wget shows its progress" };
      }
    },
  },
  {
    id: "DL1001",
    source: "hadolint",
    aliases: [],
    severity: "info",
    optIn: true,
    title: "A comment tells hadolint to leave something be",
    why: "Some want every exception to be made in one place.",
    fix: "Put right what it hides, or skip the rule for the whole project.",
    *check({ document }) {
      for (const { text, start } of document.comments) {
        if (!isHadolintIgnore(text)) continue;
        yield { at: { start, end: start + text.length }, message: "A comment hides findings" };
      }
    },
  },
];

const senseless: ReadonlySet<string> = new Set([
  "free",
  "kill",
  "mount",
  "ps",
  "service",
  "shutdown",
  "ssh",
  "top",
  "vim",
]);

function asksVersion(words: ShellCommand["words"]): boolean {
  return words.length === 1 && /^(?:-V|--version|--help)$/.test(words[0]?.text ?? "");
}

function isTidying({ name, words }: ShellCommand): boolean {
  const clean =
    ["apt-get", "apt", "apk"].includes(name) &&
    /^(?:clean|autoclean|autoremove|update)$/.test(words[0]?.text ?? "");
  return clean || ["rm", "echo", "true", "set", "date"].includes(name);
}

function showsProgress(command: ShellCommand): boolean {
  if (command.words.some(({ text }) => text === "-nv" || text === "--no-verbose")) return false;
  const read = readArguments(command, ["O", "P", "U", "t", "T", "o", "a"]);
  if (hasFlag(read, "version", "help", "V", "h")) return false;
  return !hasFlag(
    read,
    "q",
    "quiet",
    "progress",
    "o",
    "output-file",
    "a",
    "append-output",
    "b",
    "background",
    "spider",
  );
}

function setsPipefail({ document, script }: RuleContext, run: DockerInstruction): boolean {
  const shell = instructionsBefore(run).findLast(({ keyword }) => keyword === "SHELL");
  const words = [shell, run].flatMap((one) => one?.json ?? []);
  if (words.some(({ value }) => value.includes("pipefail"))) return true;
  const { commands, text } = script(run);
  if (text.startsWith("#!") && (text.split("\n")[0] ?? "").includes("pipefail")) return true;
  const heredoc = run.heredocs.length > 0 && run.body.text.includes("pipefail");
  const sets = commands.some(
    ({ name, words: given }) => name === "set" && given.some((word) => word.text === "pipefail"),
  );
  return heredoc || sets || document.scopeOf(run).get("SHELLOPTS")?.includes("pipefail") === true;
}

function sameFlags(one: DockerInstruction, other: DockerInstruction): boolean {
  return flagText(one) === flagText(other);
}

function flagText({ flags }: DockerInstruction): string {
  return flags.map(({ name, value }) => `${name}=${value}`).join(" ");
}

function isSmall(script: RuleContext["script"], run: DockerInstruction): boolean {
  const { commands } = script(run);
  return commands.length > 0 && commands.length <= 2 && run.heredocs.length === 0;
}
