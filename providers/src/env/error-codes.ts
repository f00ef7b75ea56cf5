/** The codes of the environment as a source. */
export const envErrorCodes = {
  DEXT_CONFIG_ENV_FORBIDDEN: "The environment may not be read",
  DEXT_CONFIG_ENV_TWICE: "A value is given both by a variable and by a file that another variable names",
  DEXT_CONFIG_ENV_FILE_UNREADABLE: "A file that an environment variable names cannot be read",
} as const;
