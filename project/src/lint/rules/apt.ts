import { nearlyAlways } from "./package-advice.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { hasMountOver, runSteps, shippedRunSteps } from "../rule-context.ts";
import { aptSyntax, findInstalls, isAction, listNames, removes } from "../shell/package-install.ts";
import type { PackageInstall } from "../shell/package-install.ts";
import { hasFlag, readArguments } from "../shell/shell-command.ts";

/** Debian's packages. */
export const aptRules: readonly LintRule[] = [
  {
    id: "DL3008",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "apt-get installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package=version; a version with * at its end outlives security updates.",
    *check(context) {
      for (const { command, packages } of aptInstalls(context)) {
        const loose = packages.filter(
          ({ text, dynamic }) =>
            !dynamic && !/[=/+]|\.deb$|^-|-$/.test(text.replaceAll(/\+\+|\+(?=[\w-])/g, "")),
        );
        if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
      }
    },
  },
  {
    id: "DL3009",
    source: "hadolint",
    aliases: ["DKL-DI-0005"],
    severity: "info",
    title: "The lists of apt-get stay in the image",
    why: "They are tens of megabytes that age and that nothing needs.",
    fix: "End the same RUN with rm -rf /var/lib/apt/lists/*, or mount a cache over the folder.",
    *check(context) {
      for (const { run, script } of shippedRunSteps(context)) {
        const updates = script.commands.findLast((command) => isAction(command, aptSyntax, "update"));
        if (updates === undefined || hasMountOver(run, "/var/lib/apt")) continue;
        const cleaned = script.commands.some(
          (command) =>
            command.start >= updates.start &&
            (removes(command, "/var/lib/apt/lists") ||
              isAction(command, aptSyntax, "dist-clean", "distclean")),
        );
        if (!cleaned) yield { at: updates, message: "The package lists are not removed in the same RUN" };
      }
    },
  },
  {
    id: "DL3014",
    source: "hadolint",
    aliases: ["DS-0021"],
    severity: "warning",
    title: "apt-get install asks a question",
    why: "There is nobody to answer, so the build fails.",
    fix: "Add -y.",
    *check(context) {
      const configured = mentions(context, "Assume-Yes");
      for (const { command, arguments: read } of aptInstalls(context)) {
        const quiet = read.flags.filter(({ name }) => name === "q" || name === "quiet");
        const silent = quiet.length > 1 || quiet.some(({ value }) => value === "2");
        if (configured || silent || command.name === "apt" || saysYes(read)) continue;
        yield { at: command, message: `${command.name} install has no -y` };
      }
    },
  },
  {
    id: "DL3015",
    source: "hadolint",
    aliases: ["DS-0029"],
    severity: "info",
    title: "apt-get installs recommended packages too",
    why: "They are not needed and often more than what is.",
    fix: "Add --no-install-recommends.",
    *check(context) {
      const configured = mentions(context, "Install-Recommends");
      for (const { command, arguments: read } of aptInstalls(context)) {
        if (configured || leavesRecommended(read)) continue;
        yield { at: command, message: `${command.name} install has no --no-install-recommends` };
      }
    },
  },
  {
    id: "DL3027",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "apt is used",
    why: "It is made for people; what it prints and takes may change, and it says so itself.",
    fix: "Use apt-get or apt-cache.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find(({ name }) => name === "apt");
        if (command !== undefined) yield { at: command, message: "apt is made for people, not for scripts" };
      }
    },
  },
  {
    id: "DS-0024",
    source: "trivy",
    aliases: ["DKL-DI-0003"],
    severity: "info",
    title: "apt-get dist-upgrade is used",
    why: "It takes away and adds packages to get to newer versions, so what the image holds is hard to foresee.",
    fix: "Build on a newer base image.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        const command = script.commands.find((one) =>
          isAction(one, aptSyntax, "dist-upgrade", "full-upgrade"),
        );
        if (command !== undefined) yield { at: command, message: `${command.name} dist-upgrade is used` };
      }
    },
  },
];

function aptInstalls(context: RuleContext): PackageInstall[] {
  return runSteps(context)
    .flatMap(({ script }) => findInstalls(script.commands, aptSyntax))
    .filter(
      ({ arguments: read }) =>
        !hasFlag(read, "s", "simulate", "dry-run", "just-print", "print-uris", "h", "help"),
    );
}

function leavesRecommended(read: PackageInstall["arguments"]): boolean {
  const option = read.flags.some(({ value }) => /Install-Recommends=(?:false|0|no)/i.test(value ?? ""));
  return option || hasFlag(read, "no-install-recommends", "without-recommends", "R");
}

function saysYes(read: PackageInstall["arguments"]): boolean {
  const option = read.flags.some(({ value }) => /Assume-Yes=(?:true|1|yes)/i.test(value ?? ""));
  return option || hasFlag(read, "y", "yes", "assume-yes", "qq", "force-yes");
}

/** Whether some RUN sets an option of apt, as a file in /etc/apt/apt.conf.d. */
function mentions(context: RuleContext, option: string): boolean {
  return runSteps(context).some(({ script }) =>
    script.commands.some(
      (command) =>
        (command.name === "echo" || command.name === "printf") &&
        readArguments(command).operands.some(({ text }) => text.includes(option)),
    ),
  );
}
