import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { objectErrorCodes } from "./error-codes.ts";

export const objectError: ErrorFactory<keyof typeof objectErrorCodes> = createErrorFactory(objectErrorCodes);
