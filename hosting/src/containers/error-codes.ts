import { createErrorFactory, isDextError } from "@dext/core";
import type { DextError, ErrorFactory } from "@dext/core";

/** The codes of containers: what goes wrong with the engine, images and containers. */
export const containerErrorCodes = {
  DEXT_CONTAINER_BUILD_CONTEXT_INVALID:
    "The folder or the Dockerfile that an image is to be built from is not there or cannot be sent",
  DEXT_CONTAINER_BUILD_FAILED: "The container engine could not build an image",
  DEXT_CONTAINER_ENGINE_BROKEN:
    "The connection to the container engine failed, or its answer is not understood",
  DEXT_CONTAINER_ENGINE_MISSING: "No container engine answers on this machine",
  DEXT_CONTAINER_ENGINE_REFUSED: "The container engine refused what it was asked for",
  DEXT_CONTAINER_ENGINE_SILENT: "The container engine does not answer in time",
  DEXT_CONTAINER_HOST_UNREACHABLE: "A container refers to a process and cannot reach it with this engine",
  DEXT_CONTAINER_IMAGE_UNAVAILABLE: "An image is not on this machine and cannot be pulled",
  DEXT_CONTAINER_MOUNT_MISSING: "A file or folder that a container is to be given is not there",
  DEXT_CONTAINER_NO_SPACE: "The container engine has no disk space left",
  DEXT_CONTAINER_PORT_TAKEN: "A port that a container is to be reached at is taken",
  DEXT_CONTAINER_START_FAILED: "A container was made and could not be started",
} as const;

/** Makes the errors of containers. */
export const containerError: ErrorFactory<keyof typeof containerErrorCodes> =
  createErrorFactory(containerErrorCodes);

/** Whether the engine answered a call with this status, such as 404 for what is not there. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is DextError {
  return (
    isDextError(error) &&
    error.code === "DEXT_CONTAINER_ENGINE_REFUSED" &&
    statuses.includes(error.details["status"] as number)
  );
}

/** The words of the engine in an error that came from it; the message of any other error. */
export function engineWords(error: unknown): string {
  if (isDextError(error) && typeof error.details["engine"] === "string") return error.details["engine"];
  return error instanceof Error ? error.message : String(error);
}
