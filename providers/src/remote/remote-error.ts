import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { remoteErrorCodes } from "./error-codes.ts";

export const remoteError: ErrorFactory<keyof typeof remoteErrorCodes> = createErrorFactory(remoteErrorCodes);
