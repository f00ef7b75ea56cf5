import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { hostingErrorCodes } from "./error-codes.ts";

/** Makes the errors of `@dext/hosting`. */
export const hostingError: ErrorFactory<keyof typeof hostingErrorCodes> =
  createErrorFactory(hostingErrorCodes);
