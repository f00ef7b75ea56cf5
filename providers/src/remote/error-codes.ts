/** The codes that all sources behind a network share. */
export const remoteErrorCodes = {
  DEXT_CONFIG_CLIENT_MISSING: "The client library that a source needs is not installed",
  DEXT_CONFIG_CONNECTION_INVALID: "The connection string that a source is to use is not there, or is not one",
} as const;
