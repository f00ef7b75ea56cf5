import { readFileSync } from "node:fs";
import process from "node:process";
import { commandTable } from "./command-table.ts";
import type { Command, CommandEntry } from "./command.ts";

/**
 * Runs a command line (without the program's own name) and sets the exit code of the process. It never throws: errors
 * are printed.
 */
export async function main(argv: string[]): Promise<void> {
  const [first] = argv;
  if (first === "--version" || first === "-V") {
    process.stdout.write(`${readVersion()}\n`);
    return;
  }
  // Loaded after the version has had its chance, which must cost next to nothing.
  const { quietClosedOutput } = await import("@dext/hosting/output");
  quietClosedOutput();
  try {
    process.exitCode = await execute(argv);
  } catch (error) {
    const { reportError } = await import("./report-error.ts");
    const end = argv.indexOf("--");
    const json = argv.slice(0, end === -1 ? argv.length : end).includes("--json");
    process.exitCode = reportError(error, { json });
  }
}

async function execute(argv: readonly string[]): Promise<number> {
  // dext new dockerfile … is dext dockerfile …, options and all.
  const isAlias = argv[0] === "new" && argv[1] === "dockerfile";
  const [first, ...args] = isAlias ? argv.slice(1) : argv;
  if (first === undefined || first === "--help" || first === "-h") return printGeneralHelp();
  if (first === "help") return printHelp(args[0]);
  const entry = await findCommand(first);
  const [loaded, { parseCommandLine }] = await Promise.all([entry.load(), import("./parse-command-line.ts")]);
  const command = (await loaded.refine?.(args)) ?? loaded;
  const input = parseCommandLine(entry.name, { command, args });
  return input.flag("help") ? printCommandHelp(entry, command) : command.run(input);
}

async function findCommand(name: string): Promise<CommandEntry> {
  const found = commandTable.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const [{ cliError }, { nearestName }] = await Promise.all([
    import("./error-codes.ts"),
    import("@dext/core"),
  ]);
  const isOption = name.startsWith("-");
  const names = isOption ? ["--help", "--version"] : commandTable.map((entry) => entry.name);
  const near = nearestName(name, names);
  throw cliError(
    isOption ? "DEXT_CLI_OPTION_UNKNOWN" : "DEXT_CLI_COMMAND_UNKNOWN",
    `dext has no ${isOption ? "option" : "command"} "${name}"`,
    {
      hint: near === undefined ? "Run: dext --help" : `Did you mean ${near}?`,
      details: { given: name, ...(near === undefined ? {} : { nearest: near }) },
    },
  );
}

async function printGeneralHelp(): Promise<number> {
  const { generalHelp } = await import("./help.ts");
  process.stdout.write(generalHelp(commandTable));
  return 0;
}

async function printHelp(name: string | undefined): Promise<number> {
  if (name === undefined || name.startsWith("-")) return printGeneralHelp();
  const entry = await findCommand(name);
  return printCommandHelp(entry, await entry.load());
}

async function printCommandHelp(entry: CommandEntry, command: Command): Promise<number> {
  const { commandHelp } = await import("./help.ts");
  process.stdout.write(commandHelp(entry, command));
  return 0;
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
