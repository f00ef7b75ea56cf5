import { systemClock } from "@dext/core";
import type { Clock } from "@dext/core";

import type { CommitFileSystem } from "./commit-file-system.ts";
import { diskFileSystem } from "./commit-file-system.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { ownIdentity } from "./process-identity.ts";

/** What a commit needs of the machine. */
export interface CommitMachine {
  readonly disk: CommitFileSystem;
  readonly identity: ProcessIdentity;
  readonly clock: Clock;
}

/** This process on this machine. */
export function thisMachine(): CommitMachine {
  return { disk: diskFileSystem, identity: ownIdentity(), clock: systemClock };
}
