import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";

/** The codes of starting, ending and guarding processes. */
export const processErrorCodes = {
  DEXT_PROCESS_ARGUMENT_INVALID: "An argument of a command is too long for the system or holds a NUL byte",
  DEXT_PROCESS_COMMAND_NOT_FOUND: "The command of a resource is not on its PATH, or its file does not exist",
  DEXT_PROCESS_DIRECTORY_MISSING: "The working directory of a resource does not exist or is not a directory",
  DEXT_PROCESS_ENVIRONMENT_INVALID:
    "The name or value of an environment variable cannot be given to a process",
  DEXT_PROCESS_ENVIRONMENT_TOO_LARGE: "An environment variable is longer than the system takes",
  DEXT_PROCESS_GUARDIAN_FAILED:
    "The guardian that ends what a killed AppHost leaves could not be kept running",
  DEXT_PROCESS_NOT_EXECUTABLE: "The command of a resource exists but cannot be executed",
  DEXT_PROCESS_RUN_ALIVE: "A run that is still alive was to be cleaned up",
  DEXT_PROCESS_RUN_ID_INVALID: "A run's id holds other characters than lower-case letters and digits",
  DEXT_PROCESS_START_FAILED: "The system refused to start a process",
} as const;

export const processError: ErrorFactory<keyof typeof processErrorCodes> =
  createErrorFactory(processErrorCodes);
