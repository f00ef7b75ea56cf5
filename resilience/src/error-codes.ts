/** The codes of `@dext/resilience`. */
export const resilienceErrorCodes = {
  DEXT_RESILIENCE_OPTIONS_INVALID: "The options of a resilience pipeline do not fit, alone or together",
  DEXT_RESILIENCE_TIMEOUT: "The work did not end within the time that a pipeline gives it",
  DEXT_RESILIENCE_CIRCUIT_OPEN: "A circuit breaker is open: the dependency has failed too often",
  DEXT_RESILIENCE_CIRCUIT_ISOLATED: "A circuit breaker was opened by hand and lets nothing through",
  DEXT_RESILIENCE_RATE_LIMITED: "A rate limiter has no permit left and its queue is full",
} as const;
