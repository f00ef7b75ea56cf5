import { realpath } from "node:fs/promises";
import { findHolder } from "./lock-file.ts";
import { appHostLockPath } from "./runtime-directory.ts";

/** What {@link hasBegun} takes. */
export interface HasBegunOptions {
  /** The folder of runs. */
  directory: string;
  /** The AppHost file. */
  appHost: string;
  run: string;
}

/** Whether an AppHost has got to `host.run()` with this run: its lock is the first thing that it takes there. */
export async function hasBegun({ directory, appHost, run }: HasBegunOptions): Promise<boolean> {
  const file = await realpath(appHost).catch(() => appHost);
  const holder = await findHolder(appHostLockPath(directory, file));
  return holder?.run === run;
}
