import { Status } from "../protocol/reply.ts";
import type { CommandRow } from "./command.ts";

/** The subcommand `HELP`, which lists the others. */
export function helpSubcommand(container: string, usages: readonly string[]): CommandRow {
  const lines = [
    `${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
    ...usages,
    "HELP",
    "    Print this help.",
  ];
  return { name: "help", arity: 2, flags: "loading stale", run: () => lines.map((line) => new Status(line)) };
}
