import { readArguments } from "./shell-command.ts";
import type { CommandArguments, ShellCommand, ShellWord } from "./shell-command.ts";

/** A package manager's command line, as far as installing goes. */
export interface PackageManagerSyntax {
  programs: readonly string[];
  /** Subcommands that install. */
  install: readonly string[];
  /** Flags that take the word after them. */
  valued: readonly string[];
}

/** A command that installs packages. */
export interface PackageInstall {
  command: ShellCommand;
  arguments: CommandArguments;
  /** Which of the subcommands it is. */
  action: string;
  packages: readonly ShellWord[];
}

/** Debian and its like. */
export const aptSyntax: PackageManagerSyntax = {
  programs: ["apt-get", "apt", "aptitude"],
  install: ["install"],
  valued: [
    "o",
    "option",
    "c",
    "config-file",
    "t",
    "target-release",
    "default-release",
    "a",
    "host-architecture",
  ],
};

/** Alpine. */
export const apkSyntax: PackageManagerSyntax = {
  programs: ["apk"],
  install: ["add"],
  valued: [
    "t",
    "virtual",
    "X",
    "repository",
    "p",
    "root",
    "repositories-file",
    "keys-dir",
    "cache-dir",
    "cache-max-age",
    "arch",
    "progress-fd",
    "timeout",
    "wait",
  ],
};

/** Red Hat and its like; dnf has a syntax of its own for what is looked at apart. */
export const yumSyntax: PackageManagerSyntax = {
  programs: ["yum"],
  install: ["install", "groupinstall", "localinstall", "reinstall"],
  valued: [
    "c",
    "config",
    "d",
    "e",
    "R",
    "x",
    "installroot",
    "enablerepo",
    "disablerepo",
    "setopt",
    "releasever",
    "exclude",
  ],
};

/** The successors of yum. */
export const dnfSyntax: PackageManagerSyntax = {
  programs: ["dnf", "dnf5", "microdnf"],
  install: ["install", "in", "groupinstall", "localinstall", "reinstall", "rei"],
  valued: [
    "c",
    "config",
    "x",
    "installroot",
    "enablerepo",
    "disablerepo",
    "repo",
    "repoid",
    "setopt",
    "releasever",
    "exclude",
  ],
};

/** SUSE. */
export const zypperSyntax: PackageManagerSyntax = {
  programs: ["zypper"],
  install: ["install", "in"],
  valued: ["r", "repo", "from", "t", "type", "R", "root", "installroot", "p", "plus-repo"],
};

/** The commands of a script that install by a package manager. */
export function findInstalls(
  commands: readonly ShellCommand[],
  syntax: PackageManagerSyntax,
): PackageInstall[] {
  return commands.flatMap((command) => {
    if (!syntax.programs.includes(command.name)) return [];
    const read = readArguments(command, syntax.valued);
    const [action, ...packages] = read.operands;
    if (action === undefined || !syntax.install.includes(action.text)) return [];
    return [{ command, arguments: read, action: action.text, packages }];
  });
}

/** Whether a command is one of a package manager with this subcommand. */
export function isAction(
  command: ShellCommand,
  { programs, valued }: PackageManagerSyntax,
  ...actions: readonly string[]
): boolean {
  return (
    programs.includes(command.name) &&
    actions.includes(readArguments(command, valued).operands[0]?.text ?? "")
  );
}

/** Names as a sentence lists them, not too many. */
export function listNames(packages: readonly ShellWord[]): string {
  const names = packages.map(({ text }) => `"${text}"`);
  return names.length <= 4
    ? names.join(", ")
    : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** Whether a command removes something at or below one of these paths, or a folder around them. */
export function removes(command: ShellCommand, ...paths: readonly string[]): boolean {
  if (command.name === "find")
    return command.words.some(({ text }) => text === "-delete") && touches(command, paths);
  return command.name === "rm" && touches(command, paths);
}

function touches(command: ShellCommand, paths: readonly string[]): boolean {
  return readArguments(command).operands.some(({ text }) => {
    const removed = text.replace(/\/?(?:[*?{[].*)?$/, "");
    return removed !== "" && paths.some((path) => removed.startsWith(path) || path.startsWith(`${removed}/`));
  });
}
