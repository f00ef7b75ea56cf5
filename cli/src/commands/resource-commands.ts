import { printJson, printLine } from "@dext/hosting/output";
import type { Command, CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { checkNames } from "../run/check-names.ts";
import { findRun, runOption } from "../run/find-run.ts";

const jsonOption = { type: "boolean", summary: "Print a JSON document" } as const;

/** `dext start <resource…>` */
export const startCommand: Command = forResources("start", "Started", {
  notes: ["Starts what has ended, or what waits to be started by hand. Returns when it runs."],
});

/** `dext restart <resource…>` */
export const restartCommand: Command = forResources("restart", "Restarted", {
  notes: ["Stops in order and starts again. Returns when it runs."],
});

/** `dext resource <name> <command>` */
export const resourceCommand: Command = {
  usage: "<resource> <command> [options]",
  takesNames: true,
  options: { run: runOption, json: jsonOption },
  notes: [
    "The commands that every resource knows are start, stop and restart; dext ps --json lists its own.",
  ],
  async run(input) {
    const [resource, command, ...others] = input.names;
    if (resource === undefined || command === undefined || others.length > 0) {
      throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", "dext resource takes a resource and a command", {
        hint: "For example: dext resource cache restart",
      });
    }
    return commandEach(input, { names: [resource], command, done: `Done: ${command} of` });
  },
};

/** Gives a command to each of the resources and says so when all have carried it out. */
export async function commandEach(
  input: CommandInput,
  { names, command, done }: { names: readonly string[]; command: string; done: string },
): Promise<number> {
  const { record, client } = await findRun({ run: input.text("run") });
  checkNames(names, await client.snapshot());
  await Promise.all(names.map((name) => client.command(name, { command })));
  if (input.flag("json")) printJson({ version: 1, run: record.run, command, resources: names, done: true });
  else printLine(`${done} ${names.join(", ")}`);
  return 0;
}

function forResources(command: string, done: string, { notes }: { notes: readonly string[] }): Command {
  return {
    usage: "<resource…> [options]",
    takesNames: true,
    options: { run: runOption, json: jsonOption },
    notes,
    run(input) {
      if (input.names.length > 0) return commandEach(input, { names: input.names, command, done });
      throw cliError("DEXT_CLI_ARGUMENT_UNEXPECTED", `dext ${command} needs the name of a resource`, {
        hint: "dext ps shows them.",
      });
    },
  };
}
