import { createErrorFactory } from "@dext/core";
import type { ErrorFactory } from "@dext/core";

/** The codes of running an AppHost in a test. */
export const testingErrorCodes = {
  DEXT_TESTING_APPHOST_ENDED: "The AppHost of a test has ended, and the test goes on using it",
  DEXT_TESTING_APPHOST_FAILED: "The AppHost of a test ended before its run was there, and did not say why",
  DEXT_TESTING_APPHOST_MISSING: "The AppHost that a test names is not there",
  DEXT_TESTING_APPHOST_SLOW: "The AppHost of a test has not called host.run() in time",
  DEXT_TESTING_FAULT_IMPOSSIBLE:
    "A test kills or pauses a resource that does not run, or that the run has not started",
  DEXT_TESTING_NO_ADDRESS: "A test asks for an address, a connection string or a parameter that is not there",
  DEXT_TESTING_NOT_READY: "A resource is not in the state that a test waits for, in time or at all",
  DEXT_TESTING_OVERRIDE_INVALID: "What a test wants to be different makes no sense for the AppHost",
  DEXT_TESTING_STILL_NEEDED: "A test removes a resource that another one cannot do without",
  DEXT_TESTING_STOPPED: "The AppHost of a test is used after it was stopped",
} as const;

/** Makes the errors of this folder. */
export const testingError: ErrorFactory<keyof typeof testingErrorCodes> =
  createErrorFactory(testingErrorCodes);
