import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { configErrorCodes } from "./error-codes.ts";

/** Makes the errors of the engine; each provider has its own codes. */
export const configError: ErrorFactory<keyof typeof configErrorCodes> = createErrorFactory(configErrorCodes);
