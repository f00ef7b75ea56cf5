/** The codes of the log path. */
export const logErrorCodes = {
  DEXT_LOGS_FOLDER_MISSING: "A folder of log files does not exist or cannot be read",
  DEXT_LOGS_QUERY_INVALID: "A query for log lines holds a value that makes no sense",
  DEXT_LOGS_DISK_FULL: "The disk takes no more log lines; the newest stay in memory",
  DEXT_LOGS_WRITE_FAILED: "Log lines could not be written to their file; the newest stay in memory",
} as const;
