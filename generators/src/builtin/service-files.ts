import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import type { Draft } from "../generator/draft.ts";
import { dextVersion } from "./dext-packages.ts";
import type { ServiceKind, ServiceRuntime } from "./service-prompts.ts";

/** A service that is to be made. */
export interface ServicePlan {
  readonly name: string;
  readonly runtime: ServiceRuntime;
  readonly kind: ServiceKind;
  /** The scope of its package, which no registry gets to see: `@shop`. */
  readonly scope: string;
  /** The AppHost that it is wired into. */
  readonly appHost: string;
}

/** Wants the files of a service, and its resource in the AppHost. */
export function draftService(draft: Draft, service: ServicePlan): void {
  const { name, runtime, kind, appHost } = service;
  const folder = serviceFolder(name);
  const data = { name };
  draft.add({ path: `${folder}/package.json`, text: jsonText(manifestOf(service)) });
  if (runtime === "node")
    draft.add({ path: `${folder}/tsconfig.json`, template: "service/tsconfig.json.ejs", data });
  else draft.add({ path: `${folder}/deno.json`, template: "service/deno.json.ejs", data });
  draft.addTree({ templates: `service/${kind}/src`, into: `${folder}/src`, data });
  draft.add({
    path: `${folder}/test/${testedFile[kind]}.test.ts`,
    template: `service/${kind}/test/${runtime === "deno" ? "deno" : "vitest"}.ts.ejs`,
    data,
  });
  draft.editAppHost({ path: appHost, edits: [resourceOf(name)] });
}

/** The folder of a service, relative to the root. */
export function serviceFolder(name: string): string {
  return `services/${name}`;
}

/** JSON as it is written to a file. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Deno wants it in its own folder's reach, too, for packages that refer to it. */
const nodeTypes = "^24.0.0";

/** Development dependencies of whatever is checked on Node. */
export const typeScriptVersions: Readonly<Record<string, string>> = {
  "@types/node": nodeTypes,
  typescript: "^7.0.2",
};

/** vitest has vite for a peer, which Yarn does not install by itself. */
const testVersions: Readonly<Record<string, string>> = { vite: "^8.3.0", vitest: "^5.1.1" };

const testedFile: Readonly<Record<ServiceKind, string>> = { api: "app", worker: "work", plain: "handle" };

function manifestOf({ name, runtime, kind, scope }: ServicePlan): object {
  const isDeno = runtime === "deno";
  return {
    name: `${scope}/${name}`,
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: {
      start: isDeno ? "deno run -A src/main.ts" : "node src/main.ts",
      check: isDeno ? "deno check src test" : "tsc --noEmit",
      test: isDeno ? "deno test -A" : "vitest run",
    },
    dependencies: {
      "@dext/providers": dextVersion(),
      "@dext/service": dextVersion(),
      ...(kind === "api" ? { hono: "^4.13.0" } : {}),
      zod: "^4.6.0",
    },
    devDependencies: isDeno ? { "@types/node": nodeTypes } : { ...typeScriptVersions, ...testVersions },
    engines: isDeno ? { deno: ">=2.9" } : { node: ">=22.18" },
  };
}

/** Its file is run as it is: a package manager's script runner between would only cost time and swallow signals. */
function resourceOf(name: string): AppHostEdit {
  return {
    kind: "resource",
    method: "addProject",
    name,
    options: [JSON.stringify(`./${serviceFolder(name)}`), '{ entryPoint: "src/main.ts" }'],
    chain: ['.withHttpHealthCheck("/health")'],
  };
}
