import { argumentWords, flagValue } from "../document/instruction.ts";
import type { DockerInstruction } from "../document/instruction.ts";
import { parseIgnoreFile } from "../ignore-file.ts";
import type { LintRule } from "../rule.ts";
import { instructionsOf, knownValue, shippedInstructions } from "../rule-context.ts";
import type { RuleContext } from "../rule.ts";
import { readArguments } from "../shell/shell-command.ts";
import type { ShellCommand } from "../shell/shell-command.ts";

/** Files that come from the build context. */
export const copyRules: readonly LintRule[] = [
  {
    id: "CopyIgnoredFile",
    source: "buildkit",
    aliases: [],
    severity: "warning",
    title: "COPY or ADD takes a file that .dockerignore leaves out",
    why: "The file is not in the build context, so the build fails. Looked at when the .dockerignore is known.",
    fix: "Take the file off the .dockerignore, or out of the instruction.",
    *check(context) {
      if (context.settings.ignoreFile === undefined) return;
      const ignores = parseIgnoreFile(context.settings.ignoreFile);
      for (const one of instructionsOf(context, "COPY", "ADD")) {
        const source = contextSources(context, one).find((path) => ignores(path));
        if (source !== undefined)
          yield { at: one, message: `${one.keyword} takes "${source}", which .dockerignore leaves out` };
      }
    },
  },
  {
    id: "DL3020",
    source: "hadolint",
    aliases: ["DS-0005", "CIS-DI-0009"],
    severity: "error",
    title: "ADD is used where COPY does",
    why: "ADD unpacks archives and fetches from the network, so a reader has to find out which of it is meant.",
    fix: "Use COPY for files and folders.",
    *check(context) {
      for (const one of instructionsOf(context, "ADD")) {
        const plain = contextSources(context, one).find((path) => !archive.test(path));
        if (plain !== undefined) yield { at: one, message: `ADD takes "${plain}", for which COPY does` };
      }
    },
  },
  {
    id: "DL3021",
    source: "hadolint",
    aliases: ["DS-0011"],
    severity: "error",
    title: "COPY with several sources has a destination that is no folder",
    why: "Several files need a folder, and a builder knows one by the slash at its end.",
    fix: "End the destination with a slash.",
    *check(context) {
      for (const one of instructionsOf(context, "COPY")) {
        const words = argumentWords(one);
        const target = words.at(-1)?.value ?? "";
        if (words.length < 3 || /(?:^|\/)\.{0,2}$|[\\]$|\$\w+$|\}$/.test(target)) continue;
        yield {
          at: one,
          message: `COPY has ${words.length - 1} sources, and "${target}" does not end with a slash`,
        };
      }
    },
  },
  {
    id: "DL3010",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "An archive is copied and then unpacked",
    why: "The archive stays in its layer; ADD unpacks a tar from the build context without keeping it.",
    fix: "Use ADD with the folder to unpack to.",
    *check(context) {
      for (const one of instructionsOf(context, "COPY")) {
        const archives = contextSources(context, one)
          .filter((path) => tarArchive.test(path))
          .map((path) => baseName(path));
        const target = baseName(argumentWords(one).at(-1)?.value ?? "");
        const names = tarArchive.test(target) ? [...archives, target] : archives;
        if (archives.length === 0 || !unpackedLater(context, { copy: one, names })) continue;
        yield { at: one, message: `"${archives[0]}" is copied and unpacked by a later RUN` };
      }
    },
  },
  {
    id: "DKL-LI-0003",
    source: "dockle",
    aliases: [],
    severity: "info",
    title: "Files of a developer's machine are copied into the image",
    why: "They make the image larger and may tell more than they should, as the history in .git does.",
    fix: "Put them on the .dockerignore; in a stage that is not shipped they do no harm.",
    *check(context) {
      for (const one of shippedInstructions(context)) {
        if (one.keyword !== "COPY" && one.keyword !== "ADD") continue;
        const needless = contextSources(context, one).find((path) => developerFile.test(path));
        if (needless !== undefined) yield { at: one, message: `"${needless}" is copied into the image` };
      }
    },
  },
];

const developerFile =
  /(?:^|\/)(?:\.git|\.cache|\.aws|\.azure|\.gcp|\.vscode|\.idea|\.npm|\.DS_Store|\.vimrc|docker-compose\.ya?ml)\/?$/;
const archive = /\.(?:tar(?:\.\w+)?|t?gz|Z|t?bz2?|tb2|t?xz|lz|lzma|tlz|tpz|tZ|zst|tzst)$/;
const tarArchive = /\.(?:tar(?:\.(?:gz|bz2|xz))?|tgz|tbz2?|txz)$/;

/** The sources that come from the build context, as far as they are known: no stages, addresses or here-documents. */
function contextSources(context: RuleContext, instruction: DockerInstruction): string[] {
  if (flagValue(instruction, "from") !== undefined) return [];
  return argumentWords(instruction)
    .slice(0, -1)
    .flatMap((word) => {
      const path = knownValue(context, instruction, word);
      return path === undefined ||
        /^(?:\w+:\/\/|git@|<<)/.test(path) ||
        /\.git(?:#.*)?$/.test(path.replace(/^\.git$/, ""))
        ? []
        : [path];
    });
}

function unpackedLater(
  context: RuleContext,
  { copy, names }: { copy: DockerInstruction; names: readonly string[] },
): boolean {
  const later =
    copy.stage?.instructions.filter(({ keyword, start }) => keyword === "RUN" && start > copy.start) ?? [];
  return later.some((run) => context.script(run).commands.some((command) => unpacks(command, names)));
}

function unpacks(command: ShellCommand, names: readonly string[]): boolean {
  if (command.name !== "tar") return false;
  const [mode = ""] = command.words.map(({ text }) => text);
  const extracts =
    /^-?[a-zA-Z]*x/.test(mode) ||
    command.words.some(({ text }) => /^(?:--extract|--get|-\w*x\w*)$/.test(text));
  const { operands, flags } = readArguments(command);
  const named = [...operands.map(({ text }) => text), ...flags.flatMap(({ value }) => value ?? [])];
  return extracts && named.some((text) => names.includes(baseName(text)));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
