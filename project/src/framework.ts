import type { DenoConfiguration } from "./deno-configuration.ts";
import type { Finding, Framework, FrameworkName } from "./description.ts";
import type { Dependency, PackageManifest } from "./package-manifest.ts";

/** Packages and the frameworks that they stand for; one that builds on another comes before it. */
const frameworkPackages: readonly (readonly [string, FrameworkName, Framework["kind"]])[] = [
  ["next", "next", "site"],
  ["nuxt", "nuxt", "site"],
  ["@remix-run/dev", "remix", "site"],
  ["@react-router/dev", "react-router", "site"],
  ["astro", "astro", "site"],
  ["@sveltejs/kit", "sveltekit", "site"],
  ["@tanstack/react-start", "tanstack-start", "site"],
  ["@tanstack/solid-start", "tanstack-start", "site"],
  ["@solidjs/start", "solid-start", "site"],
  ["@angular/cli", "angular", "site"],
  ["gatsby", "gatsby", "site"],
  ["@nestjs/core", "nest", "server"],
  ["@adonisjs/core", "adonis", "server"],
  ["fresh", "fresh", "site"],
  ["@fresh/core", "fresh", "site"],
  ["hono", "hono", "server"],
  ["@hono/hono", "hono", "server"],
  ["fastify", "fastify", "server"],
  ["express", "express", "server"],
  ["koa", "koa", "server"],
  ["@hapi/hapi", "hapi", "server"],
  ["elysia", "elysia", "server"],
  ["@oak/oak", "oak", "server"],
  ["nitropack", "nitro", "server"],
  ["nitro", "nitro", "server"],
  ["vite", "vite", "site"],
];

/** The framework by the packages that are declared; a server that merely tests with Vite stays a server. */
export function detectFramework(
  manifest: PackageManifest | undefined,
  deno: DenoConfiguration | undefined,
): Finding<Framework> | undefined {
  for (const [packageName, name, kind] of frameworkPackages) {
    const found = declaredIn(manifest, packageName) ?? importedBy(deno, packageName);
    if (found === undefined) continue;
    const { version, because, file, line } = found;
    const framework = { name, package: packageName, kind };
    const value: Framework = version === undefined ? framework : { ...framework, version };
    return { value, because, file, line };
  }
  return undefined;
}

interface Declaration {
  readonly version: string | undefined;
  readonly because: string;
  readonly file: string;
  readonly line: number;
}

function declaredIn(manifest: PackageManifest | undefined, packageName: string): Declaration | undefined {
  const dependency: Dependency | undefined = manifest?.dependencies.get(packageName);
  if (manifest === undefined || dependency === undefined || dependency.kind === "peerDependencies")
    return undefined;
  const { kind, range, line } = dependency;
  return { version: range, because: `"${packageName}" is in "${kind}"`, file: manifest.file, line };
}

// "hono": "jsr:@hono/hono@^4", "$fresh/": "https://deno.land/x/fresh@1.7.3/", "vite": "npm:vite@^7"
function importedBy(deno: DenoConfiguration | undefined, packageName: string): Declaration | undefined {
  for (const [alias, { value, line }] of deno?.imports ?? []) {
    const match =
      /^(?:jsr|npm):\/?(?<name>(?:@[^/@]+\/)?[^/@]+)(?:@(?<version>[^/]+))?/.exec(value) ??
      /^https:\/\/deno\.land\/x\/(?<name>[^/@]+)(?:@(?<version>[^/]+))?/.exec(value);
    if (deno === undefined || match?.groups?.["name"] !== packageName) continue;
    const because = `"${alias}" is imported from it`;
    return { version: match.groups["version"], because, file: deno.file, line };
  }
  return undefined;
}
