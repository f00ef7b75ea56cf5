import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";

/** The codes of the command line. */
export const cliErrorCodes = {
  DEXT_CLI_COMMAND_UNKNOWN: "The command line names a command that dext does not have",
  DEXT_CLI_OPTION_UNKNOWN: "The command line has an option that the command does not take",
  DEXT_CLI_OPTION_INVALID: "An option lacks its value, or has a wrong one",
  DEXT_CLI_ARGUMENT_UNEXPECTED: "The command line has an argument that the command does not take",
  DEXT_CLI_ARGUMENT_MISSING: "The command line lacks an argument that the command needs",
  DEXT_CLI_CONFIRMATION_MISSING: "A command must be confirmed, and nobody can be asked",
  DEXT_CLI_PACKAGES_UNAVAILABLE: "The packages of Dext that a project needs cannot be had",
  DEXT_CLI_FOLLOW_UP_FAILED: "Files were generated, but a step after that failed",
  DEXT_CLI_FILE_UNREADABLE: "A file that the command line names cannot be read",
  DEXT_CLI_RESOURCE_UNKNOWN: "The command line names a resource that the run does not have",
  DEXT_CLI_APPHOST_NOT_FOUND: "There is no AppHost file where one was looked for",
  DEXT_CLI_APPHOST_BROKEN: "The AppHost cannot be loaded: a syntax error, or an import that leads nowhere",
  DEXT_CLI_APPHOST_COMMONJS: "The AppHost is loaded as CommonJS, which cannot import Dext",
  DEXT_CLI_APPHOST_THREW: "The AppHost threw an error before it ran anything",
  DEXT_CLI_APPHOST_NEVER_RAN: "The AppHost ended without calling host.run()",
  DEXT_CLI_APPHOST_HANGS: "The AppHost did not get to host.run() in time",
  DEXT_CLI_APPHOST_ENDED: "The AppHost ended while its run was under way",
  DEXT_CLI_DESCRIPTION_INVALID: "What an AppHost wrote as its description is none that this dext can read",
  DEXT_CLI_RUNTIME_NOT_FOUND: "The program that runs the AppHost is not on the PATH",
  DEXT_CLI_ALREADY_RUNNING: "The AppHost has a run already",
  DEXT_CLI_PLATFORM_UNSUPPORTED: "The command does not work on this operating system",
  DEXT_CLI_RUN_NOT_FOUND: "There is no run of this folder, or none with this id",
  DEXT_CLI_RUN_AMBIGUOUS: "More than one run belongs to this folder",
  DEXT_CLI_RESOURCE_FAILED: "A resource failed while it ran",
  DEXT_CLI_WAIT_FAILED: "Resources did not get to the state that was waited for",
  DEXT_CLI_DEFINITION_NOT_FOUND:
    "There is no file with the definition of a configuration where one was looked for",
  DEXT_CLI_DEFINITION_INVALID:
    "A file cannot be loaded as, or does not export, the definition of a configuration",
  DEXT_CLI_PATH_UNKNOWN: "No source of the configuration has what was asked for",
  DEXT_CLI_SETTING_MISSING: "What a layer needs depends on a setting that nothing on this machine has",
  DEXT_CLI_DOCKERFILE_MISSING: "There is no Dockerfile where one is to be checked",
  DEXT_CLI_DOCKERFILE_SECRETS:
    "A Dockerfile is to be checked that is built with secrets, which dext cannot lend",
  DEXT_CLI_INTERRUPTED: "The command was interrupted before it was done",
} as const;

/** Makes the errors of the command line. */
export const cliError: ErrorFactory<keyof typeof cliErrorCodes> = createErrorFactory(cliErrorCodes);
