import { flagValue } from "../document/instruction.ts";
import type { DockerInstruction } from "../document/instruction.ts";
import { nearlyAlways } from "./package-advice.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { hasMountOver, instructionsBefore, runSteps, shippedRunSteps } from "../rule-context.ts";
import { findInstalls, isAction, listNames } from "../shell/package-install.ts";
import type { PackageManagerSyntax } from "../shell/package-install.ts";
import { hasFlag } from "../shell/shell-command.ts";
import { findPipInstalls } from "../shell/pip-install.ts";

/** Packages of npm, yarn, pip, gem and go. */
export const languagePackageRules: readonly LintRule[] = [
  {
    id: "DL3013",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "pip installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package==version, or install from a file of requirements.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        for (const { command, arguments: read, packages } of findPipInstalls(script.commands)) {
          if (hasFlag(read, "r", "requirement", "c", "constraint")) continue;
          const loose = packages.filter(({ text, dynamic }) => !dynamic && !isPinnedForPip(text));
          if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
        }
      }
    },
  },
  {
    id: "DL3042",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "The cache of pip stays in the image",
    why: nearlyAlways.clean,
    fix: "Use pip install --no-cache-dir, or mount a cache over /root/.cache/pip.",
    *check(context) {
      for (const { run, script } of shippedRunSteps(context)) {
        const install = findPipInstalls(script.commands).find(
          ({ arguments: read }) => !hasFlag(read, "no-cache-dir", "dry-run"),
        );
        if (
          install === undefined ||
          cachesElsewhere(context, run) ||
          script.text.includes("PIP_NO_CACHE_DIR=")
        )
          continue;
        if (
          script.commands.some(
            ({ name, words }) => name === "rm" && words.some(({ text }) => text.includes(".cache")),
          )
        ) {
          continue;
        }
        yield { at: install.command, message: "pip install has no --no-cache-dir" };
      }
    },
  },
  {
    id: "DL3016",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "npm installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write package@version; what the project needs belongs into package.json.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        for (const { command, packages } of findInstalls(script.commands, npmSyntax)) {
          const loose = packages.filter(({ text, dynamic }) => !dynamic && !isPinnedForNpm(text));
          if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
        }
      }
    },
  },
  {
    id: "DL3060",
    source: "hadolint",
    aliases: [],
    severity: "info",
    title: "The cache of yarn stays in the image",
    why: nearlyAlways.clean,
    fix: "End the same RUN with yarn cache clean, or mount a cache over its folder.",
    *check(context) {
      for (const { run, script } of shippedRunSteps(context)) {
        const install = script.commands.findLast((command) => isAction(command, yarnSyntax, "install"));
        if (install === undefined || hasYarnMount(run)) continue;
        const cleaned = script.commands.some(
          (command) => command.start > install.start && isAction(command, yarnSyntax, "cache"),
        );
        if (!cleaned) yield { at: install, message: 'No "yarn cache clean" follows in the same RUN' };
      }
    },
  },
  {
    id: "DL3028",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "gem installs packages without a version",
    why: nearlyAlways.pin,
    fix: "Write gem install name:version, or add -v version.",
    *check(context) {
      for (const { script } of runSteps(context)) {
        for (const { command, arguments: read, packages } of findInstalls(script.commands, gemSyntax)) {
          const own = packages.slice(
            0,
            operandsBeforeDashes(
              command.words.map(({ text }) => text),
              packages.length,
            ),
          );
          const loose = own.filter(({ text, dynamic }) => !dynamic && !/:|\.gem$/.test(text));
          if (loose.length === 0 || hasFlag(read, "v", "version")) continue;
          yield { at: command, message: `No version is given for ${listNames(loose)}` };
        }
      }
    },
  },
  {
    id: "DL3062",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "go installs a program without a version",
    why: nearlyAlways.pin,
    fix: "Write go install path@version. Where a go.mod was copied before, that one says the version.",
    *check(context) {
      for (const { run, script } of runSteps(context)) {
        for (const { command, packages, action } of findInstalls(script.commands, goSyntax)) {
          const named = action === "run" ? packages.slice(0, 1) : packages;
          const loose = named.filter(
            ({ text, dynamic }) =>
              !dynamic &&
              isGoPath(text) &&
              (text.endsWith("@latest") || (!text.includes("@") && !hasSources(run))),
          );
          if (loose.length > 0) yield { at: command, message: `No version is given for ${listNames(loose)}` };
        }
      }
    },
  },
];

const npmSyntax: PackageManagerSyntax = {
  programs: ["npm"],
  install: ["install", "i", "add"],
  valued: [
    "loglevel",
    "registry",
    "prefix",
    "C",
    "cache",
    "w",
    "workspace",
    "omit",
    "include",
    "userconfig",
    "node-options",
    "before",
    "cafile",
    "cpu",
    "fetch-retries",
    "fetch-timeout",
    "globalconfig",
    "install-strategy",
    "libc",
    "maxsockets",
    "os",
    "save-prefix",
    "scope",
    "script-shell",
    "tag",
  ],
};
const yarnSyntax: PackageManagerSyntax = {
  programs: ["yarn"],
  install: ["install"],
  valued: ["cwd", "cache-folder"],
};
const gemSyntax: PackageManagerSyntax = {
  programs: ["gem"],
  install: ["install", "i"],
  valued: [
    "v",
    "version",
    "i",
    "install-dir",
    "n",
    "bindir",
    "s",
    "source",
    "P",
    "trust-policy",
    "platform",
    "g",
    "file",
  ],
};
const goSyntax: PackageManagerSyntax = {
  programs: ["go"],
  install: ["install", "get", "run"],
  valued: ["C", "ldflags", "tags", "gcflags", "asmflags", "mod", "modfile", "p", "o", "installsuffix"],
};

const versionControl = /^(?:git|hg|svn|bzr)\+/;

function isPinnedForPip(text: string): boolean {
  if (versionControl.test(text)) return text.replace(/^\w+\+\w+:\/\/[^/]*/, "").includes("@");
  return /[=<>!~]=|[<>]|\s@\s|\.(?:whl|tar\.gz|zip)$|\/|^\./.test(text);
}

function isPinnedForNpm(text: string): boolean {
  // What a switch is set to: npm install --fund false
  if (text === "true" || text === "false") return true;
  // A repository at a commit or tag: git+https://host/a.git#v1, github:a/b#v1, a/b#v1
  if (text.includes("#")) return true;
  if (/^git(?:\+\w+)?:\/\//.test(text)) return false;
  if (/^(?:\.{0,2}\/|~\/|\.{1,2}$|file:|https?:)|\.(?:tar|tgz|tar\.gz)$/.test(text)) return true;
  return text.slice(1).includes("@");
}

function cachesElsewhere({ document }: RuleContext, run: DockerInstruction): boolean {
  const setting = document.scopeOf(run).get("PIP_NO_CACHE_DIR");
  return (
    hasMountOver(run, ".cache/pip") ||
    hasMountOver(run, "/root/.cache/pip") ||
    (setting !== undefined && setting !== "")
  );
}

function hasYarnMount(run: DockerInstruction): boolean {
  return run.flags.some(
    ({ name, value }) => name === "mount" && value.includes("type=cache") && /yarn|\.cache/.test(value),
  );
}

/** What follows `--` is for the compiler of an extension. */
function operandsBeforeDashes(words: readonly string[], count: number): number {
  const dashes = words.indexOf("--");
  return dashes === -1 ? count : Math.max(0, count - (words.length - dashes - 1));
}

function isGoPath(text: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)+\//.test(text) && !text.endsWith(".go");
}

/** Whether files were copied into the stage before, among which there may be a go.mod. */
function hasSources(run: DockerInstruction): boolean {
  const copies = instructionsBefore(run).some(
    (one) => (one.keyword === "COPY" || one.keyword === "ADD") && flagValue(one, "from") === undefined,
  );
  return copies || run.flags.some(({ name, value }) => name === "mount" && value.includes("type=bind"));
}
