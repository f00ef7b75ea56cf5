import process from "node:process";

/** What vitest puts into the environment of the code under test, if that is where we are. */
const ofVitest: Readonly<Record<string, string>> = {
  BASE_URL: "/",
  DEV: "1",
  MODE: "test",
  PROD: "",
  SSR: "1",
  TEST: "true",
};

/** The marks of a run that this process may itself be part of, and the user's own choice of launchers. */
const kept = new Set(["DEXT_RUN", "DEXT_RESOURCE", "DEXT_START", "DEXT_LAUNCH"]);

/**
 * The environment for an AppHost that a test starts: the test's own, without what its runner has put there for itself
 * and without the wishes of whoever started an AppHost around us. A service that reads `BASE_URL` must not be given
 * the "/" of vitest.
 */
export function appHostEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const isVitest = environment["VITEST"] !== undefined;
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (name.startsWith("DEXT_") && !kept.has(name)) continue;
    if (name.startsWith("VITEST") || name.startsWith("NODE_TEST_")) continue;
    if (isVitest && ofVitest[name] === value) continue;
    found[name] = value;
  }
  return found;
}
