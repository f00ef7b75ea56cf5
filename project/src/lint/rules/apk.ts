import { nearlyAlways } from "./package-advice.ts";
import type { LintRule } from "../rule.ts";
import { hasMountOver, runSteps, shippedRunSteps } from "../rule-context.ts";
import { apkSyntax, findInstalls, listNames, removes } from "../shell/package-install.ts";
import { hasFlag } from "../shell/shell-command.ts";

/** Alpine's packages. */
export const apkRules: readonly LintRule[] = [
  {
    id: "DL3018",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "apk installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package=version, or package~version, which outlives security updates.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        for (const { command, packages } of findInstalls(script.commands, apkSyntax)) {
          const loose = packages.filter(({ text, dynamic }) => !dynamic && !/[=~<>]|\.apk$|^[.!]/.test(text));
          if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
        }
      }
    },
  },
  {
    id: "DL3019",
    source: "hadolint",
    aliases: ["DS-0025", "DKL-DI-0004"],
    severity: "info",
    title: "apk keeps its index in the image",
    why: nearlyAlways.clean,
    fix: "Use apk add --no-cache.",
    *check(context) {
      for (const { run, script } of shippedRunSteps(context)) {
        if (hasMountOver(run, "/var/cache/apk") || hasMountOver(run, "/etc/apk/cache")) continue;
        const install = findInstalls(script.commands, apkSyntax).find(
          ({ arguments: read }) => !hasFlag(read, "no-cache", "no-network"),
        );
        if (install === undefined || script.commands.some((command) => removes(command, "/var/cache/apk")))
          continue;
        yield { at: install.command, message: "apk add has no --no-cache" };
      }
    },
  },
];
