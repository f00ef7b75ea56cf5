import type { CommandInput, OptionDescription } from "../command.ts";
import { cliError } from "../error-codes.ts";

/** What `dext dockerfile --lint` takes besides `--json`. */
export const lintOptions: Readonly<Record<string, OptionDescription>> = {
  lint: { type: "boolean", summary: "Write nothing; tell what is wrong with the files named, - for stdin" },
  "fail-on": {
    type: "string",
    value: "<severity>",
    summary: "With --lint, exit 3 from this severity on: error, warning, info, style (usual), never",
  },
  skip: { type: "string", value: "<rules>", multiple: true, summary: "With --lint, rules to leave out" },
  enable: {
    type: "string",
    value: "<rules>",
    multiple: true,
    summary: "With --lint, rules to switch on that are off otherwise",
  },
};

/**
 * Refuses what only `--lint` takes.
 *
 * @throws DextError `DEXT_CLI_OPTION_INVALID`
 */
export function refuseLintOptions(input: CommandInput): void {
  const option = ["fail-on", "skip", "enable"].find((name) => input.text(name) !== undefined);
  if (option === undefined) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--${option} goes with --lint only`, {
    hint: "Run: dext dockerfile --lint <file>",
  });
}
