import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { envErrorCodes } from "./error-codes.ts";

export const envError: ErrorFactory<keyof typeof envErrorCodes> = createErrorFactory(envErrorCodes);
