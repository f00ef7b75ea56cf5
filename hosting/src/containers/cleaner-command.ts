import { fileURLToPath } from "node:url";
import { runtimeArguments, siblingProgram } from "../launchers/embedded-launcher.ts";

/** The command line that removes a run's containers, for the guardian to run when the AppHost was killed. */
export function cleanerCommand({
  runId,
  socketPath,
}: {
  runId: string;
  socketPath: string;
}): readonly string[] {
  const program = siblingProgram("./clean-up-main", import.meta.url);
  return [process.execPath, ...runtimeArguments(program), fileURLToPath(program), socketPath, runId];
}
