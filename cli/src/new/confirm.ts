import type { CommandInput } from "../command.ts";
import { cliError } from "../error-codes.ts";
import { confirm } from "./ask.ts";
import { canAsk } from "./plan-options.ts";

/**
 * Goes on when `--yes` or a person says so.
 *
 * @throws DextError `DEXT_CLI_CONFIRMATION_MISSING` when nobody can be asked, `DEXT_CLI_INTERRUPTED` on a no
 */
export async function confirmOrFail(
  input: CommandInput,
  { question, what }: { question: string; what: string },
): Promise<void> {
  if (input.flag("yes")) return;
  if (!canAsk(input)) {
    throw cliError("DEXT_CLI_CONFIRMATION_MISSING", `${what}: nobody can be asked whether to`, {
      hint: "Give --yes, or look first with --dry-run.",
    });
  }
  if (await confirm(question)) return;
  throw cliError("DEXT_CLI_INTERRUPTED", "Nothing was changed");
}
