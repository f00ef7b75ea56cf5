import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";

/** The codes of Dockerfiles. */
export const dockerfileErrorCodes = {
  DEXT_DOCKERFILE_PACKAGE_MANAGER_UNKNOWN:
    "Nothing says what installs the dependencies of a project that is to get a Dockerfile",
  DEXT_DOCKERFILE_LOCK_FILE_MISSING:
    "A project with dependencies has no lock file, so an image of it could not be built twice alike",
  DEXT_DOCKERFILE_LOCK_FILES_DISAGREE:
    "There are lock files of several package managers and nothing says which one counts",
  DEXT_DOCKERFILE_WORKSPACE_CYCLE:
    "Packages of a workspace need each other in a circle, so none can be built first",
  DEXT_DOCKERFILE_FOLDER_OUTSIDE:
    "A dependency is a folder outside of the one that an image of the project is built from",
  DEXT_DOCKERFILE_PLUGIN_MISSING:
    "Yarn 2 or 3 is to install for production alone and lacks the plugin that it needs for that",
  DEXT_DOCKERFILE_BUILD_SCRIPT_MISSING: "A project starts a file that a build makes, and has no build script",
  DEXT_DOCKERFILE_ENTRY_POINT_MISSING: "A project names no file to start, or one that does not exist",
  DEXT_DOCKERFILE_VERSION_UNKNOWN:
    "A version of the runtime or the package manager is none that can be looked up",
  DEXT_DOCKERFILE_VALUE_UNQUOTABLE: "A path or a name cannot be written into a Dockerfile",
} as const;

/** Makes the errors of Dockerfiles. */
export const dockerfileError: ErrorFactory<keyof typeof dockerfileErrorCodes> =
  createErrorFactory(dockerfileErrorCodes);
