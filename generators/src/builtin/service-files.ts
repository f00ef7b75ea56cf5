import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import type { Answers } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import { serviceManifest } from "./service-manifest.ts";
import type { ServiceKind, ServiceRuntime } from "./service-prompts.ts";

/** A service that is to be made. */
export interface ServicePlan {
  readonly name: string;
  readonly runtime: ServiceRuntime;
  readonly kind: ServiceKind;
  /** Whether a web API describes itself by OpenAPI. */
  readonly openapi: boolean;
  /** The scope of its package, which no registry gets to see: `@shop`. */
  readonly scope: string;
  /** The AppHost that it is wired into. */
  readonly appHost: string;
}

/** What the answers say about a service. */
export function serviceChoices(answers: Answers): Pick<ServicePlan, "runtime" | "kind" | "openapi"> {
  return {
    runtime: answers["runtime"] as ServiceRuntime,
    kind: answers["kind"] as ServiceKind,
    openapi: answers["openapi"] === true,
  };
}

/** Wants the files of a service, and its resource in the AppHost. */
export function draftService(draft: Draft, service: ServicePlan): void {
  const { name, runtime, appHost } = service;
  const folder = serviceFolder(name);
  draft.add({ path: `${folder}/package.json`, text: jsonText(serviceManifest(service)) });
  if (runtime === "deno") draft.add({ path: `${folder}/deno.json`, template: "service/deno.json.ejs" });
  else {
    const data = { types: runtime };
    draft.add({ path: `${folder}/tsconfig.json`, template: "service/tsconfig.json.ejs", data });
  }
  draftSources(draft, { ...service, folder });
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

/** The test of Node and Bun is the same, up to what it is written with. */
export const testTemplates: Readonly<Record<ServiceRuntime, { template: string; testModule: string }>> = {
  node: { template: "vitest.ts.ejs", testModule: "vitest" },
  bun: { template: "vitest.ts.ejs", testModule: "bun:test" },
  deno: { template: "deno.ts.ejs", testModule: "" },
};

const testedFile: Readonly<Record<ServiceKind, string>> = { api: "app", worker: "work", plain: "handle" };

function draftSources(
  draft: Draft,
  { name, runtime, kind, openapi, folder }: ServicePlan & { folder: string },
): void {
  const { template, testModule } = testTemplates[runtime];
  const data = { name, testModule };
  const test = `${folder}/test/${testedFile[kind]}.test.ts`;
  if (!openapi) {
    draft.addTree({ templates: `service/${kind}/src`, into: `${folder}/src`, data });
    draft.add({ path: test, template: `service/${kind}/test/${template}`, data });
    return;
  }
  const app = `${folder}/src/app.ts`;
  draft.addTree({
    templates: `service/${kind}/src`,
    into: `${folder}/src`,
    data,
    rename: (path) => (path === "app.ts" ? undefined : path),
  });
  draft.add({ path: app, template: `service/${kind}/openapi/app.ts.ejs`, data });
  draft.add({ path: test, template: `service/${kind}/openapi/${template}`, data });
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
