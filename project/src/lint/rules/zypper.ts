import { nearlyAlways } from "./package-advice.ts";
import type { LintRule } from "../rule.ts";
import { hasMountOver, runSteps, shippedRunSteps } from "../rule-context.ts";
import { findInstalls, isAction, listNames, removes, zypperSyntax } from "../shell/package-install.ts";
import { hasFlag, readArguments } from "../shell/shell-command.ts";

/** SUSE's packages. */
export const zypperRules: readonly LintRule[] = [
  {
    id: "DL3034",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "zypper asks a question",
    why: nearlyAlways.yes,
    fix: "Write zypper --non-interactive, or add -y.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        for (const command of script.commands) {
          if (!isAction(command, zypperSyntax, ...asking)) continue;
          const read = readArguments(command, zypperSyntax.valued);
          if (hasFlag(read, "n", "non-interactive", "y", "no-confirm")) continue;
          yield { at: command, message: "zypper is not told to ask nothing" };
        }
      }
    },
  },
  {
    id: "DL3035",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "zypper dist-upgrade is used",
    why: "It may change the whole system, so what the image holds is hard to foresee.",
    fix: "Build on a newer base image.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find((one) => isAction(one, zypperSyntax, "dist-upgrade", "dup"));
        if (command !== undefined) yield { at: command, message: "zypper dist-upgrade is used" };
      }
    },
  },
  {
    id: "DL3036",
    source: "hadolint",
    aliases: ["DS-0020"],
    severity: "warning",
    title: "The cache of zypper stays in the image",
    why: nearlyAlways.clean,
    fix: "End the same RUN with zypper clean.",
    *check(context) {
      for (const { run, script } of shippedRunSteps(context)) {
        const install = findInstalls(script.commands, zypperSyntax).at(-1);
        if (install === undefined || hasMountOver(run, "/var/cache/zypp")) continue;
        const cleaned = script.commands.some(
          (command) =>
            command.start > install.command.start &&
            (isAction(command, zypperSyntax, "clean", "cc") || removes(command, "/var/cache/zypp")),
        );
        if (!cleaned) yield { at: install.command, message: 'No "zypper clean" follows in the same RUN' };
      }
    },
  },
  {
    id: "DL3037",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "zypper installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package=version.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        for (const { command, packages } of findInstalls(script.commands, zypperSyntax)) {
          const loose = packages.filter(
            ({ text, dynamic }) => !dynamic && !/[=<>]|\.rpm$|:\/\/|^[./]/.test(text),
          );
          if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
        }
      }
    },
  },
];

const asking = ["install", "in", "remove", "rm", "source-install", "si", "patch"];
