/** The codes of `@dext/service`. */
export const serviceErrorCodes = {
  DEXT_SERVICE_ADDRESS_INVALID:
    "An address of a service, as the environment or the configuration gives it, is none",
  DEXT_SERVICE_ADDRESS_MISSING:
    "A service is known, yet has no address for the scheme or endpoint that is asked for",
  DEXT_SERVICE_CHECK_DUPLICATE: "Two health checks have one name",
  DEXT_SERVICE_OPTION_INVALID: "An option of a service has a value that it cannot have",
  DEXT_SERVICE_PORT_INVALID: "The port to listen at is no number between 0 and 65535",
  DEXT_SERVICE_PORT_TAKEN: "Another process listens at the port",
  DEXT_SERVICE_HOST_UNAVAILABLE: "The address to listen at is none of this machine, or may not be used",
  DEXT_SERVICE_MODULE_MISSING: "A package that a part of the service runtime needs is not installed",
  DEXT_SERVICE_STOPPED: "A service that is stopping or has stopped is asked to serve",
  DEXT_HTTP_STATUS: "A service answered a request with a status that the caller does not accept",
  DEXT_HTTP_FAILED: "A request got no answer: the connection was refused, broke, or its name is unknown",
  DEXT_HTTP_TIMEOUT: "A request took longer than its attempt or all its attempts together may take",
  DEXT_HTTP_REJECTED: "A request was not sent: the circuit breaker is open or the rate limit is reached",
  DEXT_HTTP_BODY_INVALID: "The body of an answer is not what was asked for, such as JSON",
  DEXT_HTTP_REQUEST_INVALID: "A request cannot be made as it is described",
} as const;
