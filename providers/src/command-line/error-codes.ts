/** The codes of the command line as a source. */
export const commandLineErrorCodes = {
  DEXT_CONFIG_OPTION_UNKNOWN: "The command line has an option that the schema does not know",
  DEXT_CONFIG_OPTION_INVALID: "An option of the command line is not written as one",
} as const;
