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
import type { PackageInstall, PackageManagerSyntax } from "../shell/package-install.ts";
import { hasFlag } from "../shell/shell-command.ts";
import type { ShellCommand, ShellWord } from "../shell/shell-command.ts";

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
    check: (context) =>
      uncleanInstalls(context, { ...dnfSyntax, install: [...dnfSyntax.install, ...upgrades] }),
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

const upgrades = ["upgrade", "up", "update", "upgrade-minimal", "up-min"];

function* askingInstalls(context: RuleContext, syntax: PackageManagerSyntax): Iterable<RuleReport> {
  for (const { script } of runSteps(context)) {
    for (const { command, arguments: read, action } of rpmInstalls(script.commands, syntax)) {
      if (hasFlag(read, "y", "yes", "assumeyes", "downloadonly")) continue;
      yield { at: command, message: `${command.name} ${action} has no -y` };
    }
  }
}

const caches = ["/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"];

function* uncleanInstalls(context: RuleContext, syntax: PackageManagerSyntax): Iterable<RuleReport> {
  for (const { run, script } of shippedRunSteps(context)) {
    const install = rpmInstalls(script.commands, syntax).at(-1);
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
    for (const { command, action, packages } of rpmInstalls(script.commands, syntax)) {
      if (action === "groupinstall" || action === "localinstall") continue;
      const isModule = action === moduleInstall;
      const loose = packages.filter((word) => (isModule ? isLooseModule(word) : isLoose(word)));
      if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
    }
  }
}

const moduleInstall = "module install";

/** What installs, in the order in which it stands; also `dnf module install`. */
function rpmInstalls(commands: readonly ShellCommand[], syntax: PackageManagerSyntax): PackageInstall[] {
  return findInstalls(commands, { ...syntax, install: [...syntax.install, "module"] }).flatMap((found) => {
    if (found.action !== "module") return [found];
    const [action, ...packages] = found.packages;
    return action?.text === "install" ? [{ ...found, action: moduleInstall, packages }] : [];
  });
}

/** Whether a module has no `:<stream>`. */
function isLooseModule({ text, dynamic }: ShellWord): boolean {
  return !dynamic && !text.includes(":");
}

/** Whether a name has no `-<version>`; groups, files and addresses have none to give. */
function isLoose({ text, dynamic }: ShellWord): boolean {
  if (dynamic || /^@|^[./]|:\/\/|\.rpm$|[<>=]/.test(text)) return false;
  return !/-\d[\w.~^+:*-]*$/.test(text);
}
