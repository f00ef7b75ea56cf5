import type { PackageInstall } from "./package-install.ts";
import { readArguments } from "./shell-command.ts";
import type { ShellCommand } from "./shell-command.ts";

/** The commands of a script that install by `pip`, `pip3` or `python -m pip`. */
export function findPipInstalls(commands: readonly ShellCommand[]): PackageInstall[] {
  return commands.flatMap((command) => {
    const words = pipWords(command);
    if (words === undefined) return [];
    const read = readArguments({ ...command, words }, valued);
    const [action, ...packages] = read.operands;
    return action?.text === "install" ? [{ command, arguments: read, action: "install", packages }] : [];
  });
}

function pipWords({ name, words }: ShellCommand): ShellCommand["words"] | undefined {
  if (/^pip[\d.]*$/.test(name)) return words;
  const [flag, module] = words;
  return /^(?:python|pypy)[\d.]*$/.test(name) && flag?.text === "-m" && module?.text === "pip"
    ? words.slice(2)
    : undefined;
}

// https://pip.pypa.io/en/stable/cli/pip_install/
const valued = [
  "abi",
  "C",
  "c",
  "cache-dir",
  "cert",
  "client-cert",
  "config-setting",
  "config-settings",
  "constraint",
  "e",
  "editable",
  "exists-action",
  "extra-index-url",
  "f",
  "find-links",
  "global-option",
  "group",
  "i",
  "implementation",
  "index-url",
  "log",
  "no-binary",
  "only-binary",
  "platform",
  "prefix",
  "progress-bar",
  "proxy",
  "python",
  "python-version",
  "r",
  "report",
  "requirement",
  "retries",
  "root",
  "root-user-action",
  "src",
  "t",
  "target",
  "timeout",
  "trusted-host",
  "upgrade-strategy",
  "use-feature",
];
