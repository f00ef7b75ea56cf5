import { dextVersion } from "./dext-packages.ts";
import type { ServicePlan } from "./service-files.ts";
import type { ServiceRuntime } from "./service-prompts.ts";

/** Deno wants it in its own folder's reach, too, for packages that refer to it. */
const nodeTypes = "^24.0.0";

/** Development dependencies of whatever is checked on Node. */
export const typeScriptVersions: Readonly<Record<string, string>> = {
  "@types/node": nodeTypes,
  typescript: "^7.0.2",
};

/** What the package of a service or component says because of its runtime. */
export interface RuntimeManifest {
  readonly start: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

/** Deno brings its own linter, with rules of its own; everything else is linted from the root. */
export const runtimeManifests: Readonly<Record<ServiceRuntime, RuntimeManifest>> = {
  node: {
    start: "node src/main.ts",
    scripts: { check: "tsc --noEmit", test: "vitest run" },
    // vitest has vite for a peer, which Yarn does not install by itself.
    devDependencies: { ...typeScriptVersions, vite: "^8.3.0", vitest: "^5.1.1" },
    engines: { node: ">=22.18" },
  },
  deno: {
    start: "deno run -A src/main.ts",
    scripts: { check: "deno check src test", lint: "deno lint", test: "deno test -A" },
    devDependencies: { "@types/node": nodeTypes },
    engines: { deno: ">=2.9" },
  },
  bun: {
    start: "bun run src/main.ts",
    scripts: { check: "tsc --noEmit", test: "bun test" },
    devDependencies: { "@types/bun": "^1.4.0", typescript: typeScriptVersions["typescript"] ?? "" },
    engines: { bun: ">=1.4" },
  },
};

/** The manifest of a service. */
export function serviceManifest({ name, runtime, kind, openapi, scope }: ServicePlan): object {
  const { start, scripts, devDependencies, engines } = runtimeManifests[runtime];
  return {
    name: `${scope}/${name}`,
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: { start, ...scripts },
    dependencies: {
      "@dext/providers": dextVersion(),
      "@dext/service": dextVersion(),
      ...(openapi ? { "@hono/zod-openapi": "^1.6.3" } : {}),
      ...(kind === "api" ? { hono: "^4.13.0" } : {}),
      zod: "^4.6.0",
    },
    devDependencies: {
      ...(openapi ? { "@seriousme/openapi-schema-validator": "^2.11.0" } : {}),
      ...devDependencies,
    },
    engines,
  };
}
