import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { consulErrorCodes } from "./error-codes.ts";

export const consulError: ErrorFactory<keyof typeof consulErrorCodes> = createErrorFactory(consulErrorCodes);
