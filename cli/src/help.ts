import { columns } from "@dext/hosting/output";
import type { Command, CommandEntry } from "./command.ts";
import { helpOption } from "./parse-command-line.ts";

/** The text of `dext --help`. */
export function generalHelp(commands: readonly CommandEntry[]): string {
  return [
    "dext: run and watch a distributed system that one AppHost file describes",
    "",
    "Usage: dext <command> [options]",
    "",
    "Commands",
    ...columns(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    "",
    "Options",
    ...columns([
      ["  -h, --help", "Show this help; dext help <command> shows that of a command"],
      ["  -V, --version", "Show the version"],
    ]),
    "",
    "Exit codes: 0 done, 1 a bug of Dext, 2 wrong usage, 3 a mistake in the AppHost or the configuration,",
    "4 a resource failed, 130 interrupted.",
    "",
  ].join("\n");
}

/** The text of `dext help <command>`. */
export function commandHelp({ name, summary }: CommandEntry, command: Command): string {
  const options = Object.entries({ ...command.options, help: helpOption });
  return [
    command.summary ?? summary,
    "",
    `Usage: dext ${name} ${command.usage}`,
    "",
    "Options",
    ...columns(
      options.map(([option, { short, value, summary: about }]) => [
        `  ${short === undefined ? "    " : `-${short}, `}--${option}${value === undefined ? "" : ` ${value}`}`,
        about,
      ]),
    ),
    ...(command.notes === undefined ? [] : ["", ...command.notes]),
    "",
  ].join("\n");
}
