import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { serviceErrorCodes } from "./error-codes.ts";

export const serviceError: ErrorFactory<keyof typeof serviceErrorCodes> =
  createErrorFactory(serviceErrorCodes);
