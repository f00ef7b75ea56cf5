import { nearlyAlways } from "./package-advice.ts";
import type { LintRule, RuleContext, RuleReport } from "../rule.ts";
import { hasMountOver, runSteps, shippedRunSteps } from "../rule-context.ts";
import {
  dnfSyntax,
  findInstalls,
  isAction,
  listNames,
  removes,
  yumSyntax,
} from "../shell/package-install.ts";
import type { PackageManagerSyntax } from "../shell/package-install.ts";
import { hasFlag } from "../shell/shell-command.ts";
import type { ShellWord } from "../shell/shell-command.ts";

/** Red Hat's packages. */
export const rpmRules: readonly LintRule[] = [
  {
    id: "DL3030",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "yum install asks a question",
    why: nearlyAlways.yes,
    fix: "Add -y.",
    check: (context) => askingInstalls(context, yumSyntax),
  },
  {
    id: "DL3038",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "dnf install asks a question",
    why: nearlyAlways.yes,
    fix: "Add -y.",
    check: (context) => askingInstalls(context, dnfSyntax),
  },
  {
    id: "DL3032",
    source: "hadolint",
    aliases: ["DS-0015"],
    severity: "warning",
    title: "The cache of yum stays in the image",
    why: nearlyAlways.clean,
    fix: "End the same RUN with yum clean all.",
    check: (context) => uncleanInstalls(context, yumSyntax),
  },
  {
    id: "DL3040",
    source: "hadolint",
    aliases: ["DS-0019", "DS-0027"],
    severity: "warning",
    title: "The cache of dnf stays in the image",
    why: nearlyAlways.clean,
    fix: "End the same RUN with dnf clean all.",
    check: (context) => uncleanInstalls(context, dnfSyntax),
  },
  {
    id: "DL3033",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "yum installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package-version.",
    check: (context) => looseInstalls(context, yumSyntax),
  },
  {
    id: "DL3041",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "dnf installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package-version.",
    check: (context) => looseInstalls(context, dnfSyntax),
  },
];

function* askingInstalls(context: RuleContext, syntax: PackageManagerSyntax): Iterable<RuleReport> {
  for (const { script } of runSteps(context)) {
    for (const { command, arguments: read, action } of findInstalls(script.commands, syntax)) {
      if (hasFlag(read, "y", "yes", "assumeyes", "downloadonly")) continue;
      yield { at: command, message: `${command.name} ${action} has no -y` };
    }
  }
}

const caches = ["/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"];

function* uncleanInstalls(context: RuleContext, syntax: PackageManagerSyntax): Iterable<RuleReport> {
  for (const { run, script } of shippedRunSteps(context)) {
    const install = findInstalls(script.commands, syntax).at(-1);
    if (install === undefined || [...caches, "/root/.cache"].some((path) => hasMountOver(run, path)))
      continue;
    const cleaned = script.commands.some(
      (command) =>
        command.start > install.command.start &&
        (isAction(command, yumSyntax, "clean") ||
          isAction(command, dnfSyntax, "clean") ||
          removes(command, ...caches)),
    );
    if (!cleaned) {
      yield {
        at: install.command,
        message: `No "${install.command.name} clean all" follows in the same RUN`,
      };
    }
  }
}

function* looseInstalls(context: RuleContext, syntax: PackageManagerSyntax): Iterable<RuleReport> {
  for (const { script } of runSteps(context)) {
    for (const { command, action, packages } of findInstalls(script.commands, syntax)) {
      if (action === "groupinstall" || action === "localinstall") continue;
      const loose = packages.filter((word) => isLoose(word));
      if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
    }
  }
}

/** Whether a name has no `-<version>`; groups, files and addresses have none to give. */
function isLoose({ text, dynamic }: ShellWord): boolean {
  if (dynamic || /^@|^[./]|:\/\/|\.rpm$|[<>=]/.test(text)) return false;
  return !/-\d[\w.~^+:*-]*$/.test(text);
}
