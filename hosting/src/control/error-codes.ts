import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";

/** The codes of the control API: the folder of runs, its records and the socket of a run. */
export const controlErrorCodes = {
  DEXT_CONTROL_DIRECTORY_UNSAFE:
    "The folder of runs belongs to somebody else, is a link or is open to others",
  DEXT_CONTROL_DIRECTORY_UNUSABLE: "The folder of runs cannot be made or read",
  DEXT_CONTROL_RUN_ID_INVALID: "The id of a run has characters that it must not have",
  DEXT_CONTROL_RUN_EXISTS: "A run with this id is already there",
  DEXT_CONTROL_SOCKET_PATH_TOO_LONG: "The path of a control socket is longer than the system takes",
  DEXT_CONTROL_SOCKET_TAKEN: "Another process answers on the control socket of a run",
  DEXT_CONTROL_UNREACHABLE: "A run does not answer on its control socket",
  DEXT_CONTROL_CONNECTION_LOST: "The connection to a run ended in the middle of an answer",
  DEXT_CONTROL_ANSWER_INVALID: "What answers on a control socket does not speak the control API",
  DEXT_CONTROL_VERSION_UNSUPPORTED: "A run and its client speak different versions of the control API",
  DEXT_CONTROL_UNAUTHORIZED: "A request to a run lacks its token",
  DEXT_CONTROL_ROUTE_UNKNOWN: "A request to a run names a route that the control API does not have",
  DEXT_CONTROL_METHOD_NOT_ALLOWED: "A request to a run uses a method that the route does not take",
  DEXT_CONTROL_REQUEST_INVALID: "A request to a run has a wrong query or body",
  DEXT_CONTROL_REQUEST_TOO_LARGE: "The body of a request to a run is too large",
} as const;

/** Makes the errors of this folder. */
export const controlError: ErrorFactory<keyof typeof controlErrorCodes> =
  createErrorFactory(controlErrorCodes);
