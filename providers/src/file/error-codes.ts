/** The codes of configuration files as a source. */
export const fileErrorCodes = {
  DEXT_CONFIG_FILE_MISSING: "A configuration file that is not optional is not there",
  DEXT_CONFIG_FILE_UNREADABLE: "A configuration file is there and cannot be read",
  DEXT_CONFIG_FILE_INVALID: "A configuration file does not keep to its format",
  DEXT_CONFIG_FILE_AMBIGUOUS: "Several files could be the one that is meant",
  DEXT_CONFIG_FILE_FORMAT_UNKNOWN: "The format of a configuration file cannot be told from its name",
} as const;
