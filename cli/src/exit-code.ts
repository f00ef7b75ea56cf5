/** What `dext` ends with. */
export const exitCodes = {
  done: 0,
  internal: 1,
  usage: 2,
  configuration: 3,
  resourceFailed: 4,
  interrupted: 130,
} as const;

/** The exit code that goes with an error's code. What a person can put right is configuration, unless it is named here. */
export function exitCodeOf(errorCode: string): number {
  return special[errorCode] ?? exitCodes.configuration;
}

const special: Readonly<Record<string, number>> = {
  DEXT_INTERNAL: exitCodes.internal,
  DEXT_CLI_COMMAND_UNKNOWN: exitCodes.usage,
  DEXT_CLI_OPTION_UNKNOWN: exitCodes.usage,
  DEXT_CLI_OPTION_INVALID: exitCodes.usage,
  DEXT_CLI_ARGUMENT_UNEXPECTED: exitCodes.usage,
  DEXT_CLI_ARGUMENT_MISSING: exitCodes.usage,
  DEXT_CLI_CONFIRMATION_MISSING: exitCodes.usage,
  DEXT_CLI_FILE_UNREADABLE: exitCodes.usage,
  DEXT_CLI_RESOURCE_UNKNOWN: exitCodes.usage,
  DEXT_CLI_PATH_UNKNOWN: exitCodes.usage,
  DEXT_CORE_DURATION_INVALID: exitCodes.usage,
  DEXT_CLI_RESOURCE_FAILED: exitCodes.resourceFailed,
  DEXT_CLI_WAIT_FAILED: exitCodes.resourceFailed,
  DEXT_CLI_APPHOST_ENDED: exitCodes.internal,
  DEXT_CLI_INTERRUPTED: exitCodes.interrupted,
  DEXT_PROJECT_LINT_RULE_UNKNOWN: exitCodes.usage,
  DEXT_GENERATE_ANSWERS_MISSING: exitCodes.usage,
  DEXT_GENERATE_ANSWER_INVALID: exitCodes.usage,
  DEXT_GENERATE_GENERATOR_UNKNOWN: exitCodes.usage,
  DEXT_GENERATE_CANCELLED: exitCodes.interrupted,
  DEXT_RUN_INTERRUPTED: exitCodes.interrupted,
};
