import process from "node:process";
import { isHeldLock, takeLock } from "../control/lock-file.ts";
import { appHostLockPath } from "../control/runtime-directory.ts";
import { hostingError } from "../hosting-error.ts";
import { readIdentity } from "../processes/process-identity.ts";

/** What {@link claimAppHost} takes. */
export interface ClaimAppHostOptions {
  /** The folder of runs. */
  directory: string;
  /** The AppHost file. */
  appHost: string;
  run: string;
  /** The application's name. */
  name: string;
}

/** A claim, to be given back when nothing of the run is left. */
export interface AppHostClaim {
  close(): Promise<void>;
}

/**
 * Has an AppHost for one run: of several that start at the same moment, one goes on.
 *
 * @throws DextError `DEXT_RUN_ALREADY_RUNNING`
 */
export async function claimAppHost({
  directory,
  appHost,
  run,
  name,
}: ClaimAppHostOptions): Promise<AppHostClaim> {
  const startTime = readIdentity(process.pid)?.startTime ?? "";
  const result = await takeLock(appHostLockPath(directory, appHost), {
    pid: process.pid,
    startTime,
    run,
    name,
  });
  if (isHeldLock(result)) return { close: () => result.release() };
  throw hostingError(
    "DEXT_RUN_ALREADY_RUNNING",
    `"${result.name}" runs already, as run ${result.run} in process ${result.pid}`,
    {
      hint: `Stop it first: dext stop --run ${result.run}.`,
      details: { run: result.run, pid: result.pid, appHost },
    },
  );
}
