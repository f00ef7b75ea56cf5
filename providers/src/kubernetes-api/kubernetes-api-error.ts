import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { kubernetesApiErrorCodes } from "./error-codes.ts";

export const kubernetesApiError: ErrorFactory<keyof typeof kubernetesApiErrorCodes> =
  createErrorFactory(kubernetesApiErrorCodes);
