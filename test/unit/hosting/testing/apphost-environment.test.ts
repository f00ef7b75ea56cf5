import { expect, it } from "vitest";
import { appHostEnvironment } from "../../../../hosting/src/testing/apphost-environment.ts";

it("an AppHost is not given what vitest has set for itself", () => {
  const given = appHostEnvironment({
    VITEST: "true",
    VITEST_POOL_ID: "1",
    BASE_URL: "/",
    MODE: "test",
    DEV: "1",
    PROD: "",
    SSR: "1",
    TEST: "true",
    PATH: "/bin",
  });
  expect(given).toEqual({ PATH: "/bin" });
});

it("an AppHost is given variables of these names that are the user's own", () => {
  expect(appHostEnvironment({ VITEST: "true", BASE_URL: "/shop", MODE: "slow" })).toEqual({
    BASE_URL: "/shop",
    MODE: "slow",
  });
  expect(appHostEnvironment({ BASE_URL: "/", TEST: "true" })).toEqual({ BASE_URL: "/", TEST: "true" });
});

it("an AppHost is not taken for a test file of node:test", () => {
  expect(appHostEnvironment({ NODE_TEST_CONTEXT: "child-v8", NODE_ENV: "test" })).toEqual({
    NODE_ENV: "test",
  });
});

it("an AppHost is given no wishes for another run, but the choice of launchers and the mark of a run around it", () => {
  const given = appHostEnvironment({
    DEXT_RESOURCES: "web",
    DEXT_RUNTIME_DIRECTORY: "/run/dext",
    DEXT_OTLP_ENDPOINT: "http://localhost:4318",
    DEXT_LAUNCH: "embedded",
    DEXT_RUN: "k3x9a2bc",
  });
  expect(given).toEqual({ DEXT_LAUNCH: "embedded", DEXT_RUN: "k3x9a2bc" });
});
