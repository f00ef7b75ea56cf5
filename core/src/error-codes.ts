/** The codes of `@dext/core`. */
export const coreErrorCodes = {
  DEXT_CORE_DURATION_INVALID: "A duration is neither milliseconds nor text such as 30s",
} as const;
