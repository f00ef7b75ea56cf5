import { flagValue } from "../document/instruction.ts";
import type { LintRule, RuleContext } from "../rule.ts";
import { runSteps, shippedInstructions } from "../rule-context.ts";
import { hasFlag, readArguments } from "../shell/shell-command.ts";
import type { CommandArguments, ShellCommand } from "../shell/shell-command.ts";

/** Users and rights. */
export const accountRules: readonly LintRule[] = [
  {
    id: "DL3046",
    source: "hadolint",
    aliases: [],
    severity: "warning",
    title: "useradd with a large number lacks -l",
    why: "It writes log files as long as the number is large, which makes the image huge.",
    fix: "Add -l (--no-log-init).",
    *check(context) {
      for (const { command, read } of userCommands(context)) {
        const number = read.flags.find(({ name }) => name === "u" || name === "uid")?.value ?? "";
        if (command.name !== "useradd" || !/^\d{6,}$/.test(number) || hasFlag(read, "l", "no-log-init"))
          continue;
        yield { at: command, message: `useradd with the number ${number} lacks -l` };
      }
    },
  },
  {
    id: "DKL-LI-0001",
    source: "dockle",
    aliases: [],
    severity: "error",
    title: "A user gets an empty password",
    why: "Everyone in the container can become that user.",
    fix: "Lock the account instead: passwd -l, or useradd without a password.",
    *check(context) {
      for (const { command, read } of userCommands(context)) {
        const password = read.flags.find(({ name }) => name === "p" || name === "password");
        const emptied = command.name === "passwd" && hasFlag(read, "d", "delete");
        const empty = /^(?:useradd|usermod)$/.test(command.name) && password?.value === "";
        if (emptied || empty) yield { at: command, message: `${command.name} leaves the password empty` };
      }
    },
  },
  {
    id: "DKL-LI-0002",
    source: "dockle",
    aliases: [],
    severity: "warning",
    title: "A user or group shares its number",
    why: "Who has the same number is the same to the kernel; with 0 that is root.",
    fix: "Choose a number of its own, and drop -o.",
    *check(context) {
      for (const { command, read } of userCommands(context)) {
        if (!/^(?:user|group)(?:add|mod)$/.test(command.name) || !hasFlag(read, "o", "non-unique")) continue;
        yield { at: command, message: `${command.name} is allowed to use a number twice` };
      }
    },
  },
  {
    id: "CIS-DI-0008",
    source: "dockle",
    aliases: [],
    severity: "info",
    title: "A program gets setuid or setgid",
    why: "It runs with its owner's rights whoever starts it, which is a way to more rights.",
    fix: "Leave the bit off, or give the program a capability by setcap.",
    *check(context) {
      for (const one of shippedInstructions(context)) {
        const mode = flagValue(one, "chmod");
        if (mode !== undefined && isSetId(mode)) yield { at: one, message: `--chmod=${mode} sets the bit` };
        if (one.keyword !== "RUN") continue;
        const command = context.script(one).commands.find((candidate) => setsId(candidate));
        if (command !== undefined) yield { at: command, message: "chmod sets setuid or setgid" };
      }
    },
  },
];

function userCommands(context: RuleContext): { command: ShellCommand; read: CommandArguments }[] {
  return runSteps(context)
    .flatMap(({ script }) => script.commands)
    .filter(({ name }) => /^(?:passwd|(?:user|group)(?:add|mod))$/.test(name))
    .map((command) => ({ command, read: readArguments(command, valuedFlags[command.name] ?? []) }));
}

const account = [
  "u",
  "uid",
  "g",
  "gid",
  "G",
  "groups",
  "d",
  "home-dir",
  "home",
  "s",
  "shell",
  "c",
  "comment",
  "p",
  "password",
];
const valuedFlags: Readonly<Record<string, readonly string[]>> = {
  useradd: [...account, "b", "base-dir", "k", "skel", "K", "e", "expiredate", "f", "inactive", "R", "root"],
  usermod: [...account, "l", "login", "e", "expiredate", "f", "inactive", "R", "root"],
  groupadd: ["g", "gid", "K", "p", "password", "R", "root"],
  groupmod: ["g", "gid", "n", "new-name", "p", "password", "R", "root"],
};

function setsId(command: ShellCommand): boolean {
  if (command.name !== "chmod") return false;
  const [mode, ...targets] = readArguments(command).operands;
  // A setgid folder hands its group on, which is harmless; what a folder is can be seen by a slash only.
  return mode !== undefined && isSetId(mode.text) && targets.some(({ text }) => !text.endsWith("/"));
}

function isSetId(mode: string): boolean {
  return /^0?[4567]\d{3}$/.test(mode) || /(?:^|,)[ugoa]*\+[rwxXt]*s/.test(mode);
}
