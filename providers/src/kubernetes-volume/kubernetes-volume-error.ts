import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";
import { kubernetesVolumeErrorCodes } from "./error-codes.ts";

export const kubernetesVolumeError: ErrorFactory<keyof typeof kubernetesVolumeErrorCodes> =
  createErrorFactory(kubernetesVolumeErrorCodes);
