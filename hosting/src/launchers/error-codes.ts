import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";

/** The codes of launchers: what goes wrong between choosing a way to have a resource and starting it. */
export const launcherErrorCodes = {
  DEXT_LAUNCH_CONNECTION_STRING_INVALID:
    "A connection string in configuration has a form that is not understood",
  DEXT_LAUNCH_CONNECTION_STRING_MISSING: "A connection string is not in configuration",
  DEXT_LAUNCH_DATA_UNREACHABLE: "The user that a server runs as cannot reach the server's data folder",
  DEXT_LAUNCH_DATA_VERSION: "A data folder was written by a version of the server that this one cannot read",
  DEXT_LAUNCH_INIT_FILES_INVALID:
    "The files that a fresh server is to be filled from are missing or of a wrong kind",
  DEXT_LAUNCH_PEER_MISSING: "An optional package that an embedded server needs is not installed",
  DEXT_LAUNCH_PREPARATION_FAILED: "A program that prepares the data of a server failed",
  DEXT_LAUNCH_PROGRAM_MISSING: "The program of a resource was there when it was chosen and is gone now",
  DEXT_LAUNCH_SEED_FAILED: "A server refused what it was to be filled with",
} as const;

/** Makes the errors of launchers. */
export const launcherError: ErrorFactory<keyof typeof launcherErrorCodes> =
  createErrorFactory(launcherErrorCodes);
