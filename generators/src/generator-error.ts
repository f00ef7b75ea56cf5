import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { generatorErrorCodes } from "./error-codes.ts";

/** Makes the errors of this package. */
export const generatorError: ErrorFactory<keyof typeof generatorErrorCodes> =
  createErrorFactory(generatorErrorCodes);
