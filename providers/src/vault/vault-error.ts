import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { vaultErrorCodes } from "./error-codes.ts";

export const vaultError: ErrorFactory<keyof typeof vaultErrorCodes> = createErrorFactory(vaultErrorCodes);
