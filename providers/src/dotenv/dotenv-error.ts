import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { dotenvErrorCodes } from "./error-codes.ts";

export const dotenvError: ErrorFactory<keyof typeof dotenvErrorCodes> = createErrorFactory(dotenvErrorCodes);
