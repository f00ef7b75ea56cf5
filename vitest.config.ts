import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests import the sources; processes that they start run what is built.
  ssr: { resolve: { conditions: ["@dext/source", ...defaultServerConditions] } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/fixtures/**"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
