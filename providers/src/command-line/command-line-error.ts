import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { commandLineErrorCodes } from "./error-codes.ts";

export const commandLineError: ErrorFactory<keyof typeof commandLineErrorCodes> =
  createErrorFactory(commandLineErrorCodes);
