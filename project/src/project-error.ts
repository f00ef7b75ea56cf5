import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { projectErrorCodes } from "./error-codes.ts";

/** Makes the errors of this package. */
export const projectError: ErrorFactory<keyof typeof projectErrorCodes> =
  createErrorFactory(projectErrorCodes);
