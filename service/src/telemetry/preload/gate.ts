// What is preloaded: decides whether the rest is loaded at all. It must cost nothing where there is nothing to do.
import { wantsTelemetry } from "./program.ts";

/** Set by the first copy that starts: a preload and a dependency of the program's own may both come. */
const started = Symbol.for("dext.telemetry.started");

/** Whether this is the first copy, in a program that is to be watched. */
export const isWanted: boolean =
  !(started in globalThis) &&
  wantsTelemetry({
    environment: process.env,
    argv: process.argv,
    execArgv: process.execArgv,
    versions: process.versions,
    isMainThread: () => process.getBuiltinModule("node:worker_threads").isMainThread,
  });

if (isWanted) Object.defineProperty(globalThis, started, { value: true });
