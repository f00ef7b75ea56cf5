import { join } from "node:path";

import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { Answers, GeneratorDefinition, Prompt } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { quoting } from "../templates/quoted.ts";
import { dextVersion } from "./dext-packages.ts";
import type { PackageManagerName } from "./package-managers.ts";
import { connectionStringVariable } from "./resource-kinds.ts";
import { jsonText, testTemplates } from "./service-files.ts";
import { addDependencies, serviceFolderOf, userPrompt } from "./service-folder.ts";
import { findAppHost } from "./service-generator.ts";
import { runtimeManifests } from "./service-manifest.ts";
import { namePrompt, workspacePrompts } from "./service-prompts.ts";
import type { ServiceRuntime } from "./service-prompts.ts";
import { detectWorkspace, joinWorkspace, packageScope } from "./workspace.ts";

/** The generator behind `dext new component`: a library by which services use a system outside of theirs. */
export const componentGenerator: GeneratorDefinition = defineGenerator({
  name: "component",
  description: "A client of an outside system, with health and telemetry, for any service of this repository",
  prompts: [namePrompt("What is the outside system called?"), ...componentPrompts()],
  morePrompts: ({ tree }) => [userPrompt(tree), runtimePrompt(), ...workspacePrompts],
  detect: ({ tree }) => ({ ...detectWorkspace(tree), runtime: ({ to }: Answers) => runtimeOf(tree, to) }),
  plan(draft, { answers, tree }) {
    const component = componentOf(answers, packageScope(tree));
    draftPackage(draft, component);
    joinWorkspace(draft, { members: "components/*", answers });
    const { to, packageManager, packageName, typeName } = component;
    if (to !== undefined) draftUser(draft, { ...component, to });
    draft.followUp({ kind: "install", directory: ".", packageManager });
    const call = `const ${component.variable} = connect${typeName}(service);`;
    const place = to === undefined ? "a service that depends on it" : `"${to}"`;
    draft.followUp({
      kind: "next-step",
      text: `in ${place}: import { connect${typeName} } from ${JSON.stringify(packageName)}; ${call}`,
    });
  },
});

interface Component {
  readonly name: string;
  /** What its types and functions are called after. */
  readonly client: string;
  readonly kind: "http" | "plain";
  /** What its own tests are run by; any service can use it. */
  readonly runtime: ServiceRuntime;
  readonly packageManager: PackageManagerName;
  readonly packageName: string;
  readonly typeName: string;
  readonly variable: string;
  /** The origin of an HTTP API. */
  readonly url: string | undefined;
  /** The service that uses it. */
  readonly to: string | undefined;
}

function componentPrompts(): readonly Prompt[] {
  return [
    {
      name: "kind",
      type: "select",
      message: "How is it spoken to?",
      choices: [
        { value: "http", label: "HTTP API", hint: "found by name, with retries and a circuit breaker" },
        { value: "plain", label: "Connection", hint: "over TCP, made again when it is lost" },
      ],
      default: "http",
      propose: true,
    },
    {
      name: "url",
      type: "text",
      message: "Where is it? (scheme and host; empty if that is said elsewhere)",
      when: ({ kind }) => kind === "http",
      validate: (value) => value === "" || isOrigin(String(value)) || "wanted http(s)://host, without a path",
      optional: true,
    },
  ];
}

function runtimePrompt(): Prompt {
  return {
    name: "runtime",
    type: "select",
    message: "What runs its tests?",
    choices: Object.keys(runtimeManifests),
    default: "node",
    propose: true,
  };
}

/** A component for one service is tested by what runs that service. */
async function runtimeOf(tree: TargetTree, service: unknown): Promise<ServiceRuntime | undefined> {
  if (typeof service !== "string" || service === "") return undefined;
  const folder = serviceFolderOf(service, tree);
  if (folder !== "." && tree.kindOf(folder) !== "folder") return undefined;
  const { detectProject } = await import("@dext/project");
  return (await detectProject(join(tree.root, folder))).runtime.value;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin, href } = new URL(text);
  return /^https?:$/.test(protocol) && href === `${origin}/`;
}

function componentOf(answers: Answers, scope: string): Component {
  const name = answers["name"] as string;
  const text = (key: string): string | undefined => {
    const value = answers[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const url = text("url");
  const client = clientName(name);
  return {
    name,
    client,
    kind: answers["kind"] as Component["kind"],
    runtime: answers["runtime"] as ServiceRuntime,
    packageManager: answers["packageManager"] as PackageManagerName,
    packageName: `${scope}/${name}`,
    typeName: quoting.typeName(client).text,
    variable: quoting.identifier(client).text,
    url: url === undefined ? undefined : new URL(url).origin,
    to: text("to"),
  };
}

/** A client of a system called `service` is no `Service`: that name, and others, are those of something else in its files. */
function clientName(name: string): string {
  return ["http-resilience", "item", "line-connection", "promise", "record", "service"].includes(name)
    ? `${name}-client`
    : name;
}

function draftPackage(draft: Draft, component: Component): void {
  const { name, client, kind, runtime, packageName } = component;
  const folder = `components/${name}`;
  const { template, testModule } = testTemplates[runtime];
  const data = {
    name,
    client,
    packageName,
    testModule,
    types: runtime,
    variable: connectionStringVariable(name),
    // Over HTTP the client of the service makes the spans that leave it.
    spanKind: kind === "http" ? "internal" : "client",
  };
  const test = `component/${kind}/test`;
  draft.add({ path: `${folder}/package.json`, text: jsonText(manifestOf(component)) });
  if (runtime === "deno") draft.add({ path: `${folder}/deno.json`, template: "component/deno.json.ejs" });
  else draft.add({ path: `${folder}/tsconfig.json`, template: "service/tsconfig.json.ejs", data });
  draft.addTree({ templates: `component/${kind}/src`, into: `${folder}/src`, data });
  draft.add({ path: `${folder}/src/observed.ts`, template: "component/observed.ts.ejs", data });
  draft.add({ path: `${folder}/test/local-server.ts`, template: `${test}/local-server.ts.ejs`, data });
  draft.add({ path: `${folder}/test/${name}.test.ts`, template: `${test}/${template}`, data });
}

/** Its sources are what services import: each of the runtimes takes TypeScript from a member of the workspace. */
function manifestOf({ packageName, runtime }: Component): object {
  const { scripts, devDependencies } = runtimeManifests[runtime];
  return {
    name: packageName,
    version: "0.1.0",
    private: true,
    type: "module",
    exports: "./src/mod.ts",
    scripts,
    dependencies: { "@dext/service": dextVersion(), "@opentelemetry/api": "^1.10.0" },
    devDependencies,
  };
}

function draftUser(draft: Draft, component: Component & { to: string }): void {
  const { name, kind, to, url, packageName, packageManager } = component;
  const appHost = findAppHost(draft.tree);
  const folder = serviceFolderOf(to, draft.tree);
  // npm knows no "workspace:", and finds members by their version alone; the others would ask the registry.
  const version = packageManager === "npm" ? "0.1.0" : "workspace:*";
  addDependencies(draft, { folder, dependencies: { [packageName]: version } });
  const edits = resourceEdits({ name, kind, url, to });
  if (edits.length > 0) {
    // It runs elsewhere: there is nothing to wait for.
    const reference = { kind: "reference", from: to, to: name, wait: false } as const;
    draft.editAppHost({ path: appHost, edits: [...edits, reference] });
    return;
  }
  const text = `tell the AppHost where it is: host.addExternalService("${name}", "https://…"), and refer to it`;
  draft.followUp({ kind: "next-step", text });
}

function resourceEdits({
  name,
  kind,
  url,
  to,
}: Pick<Component, "name" | "kind" | "url"> & { to: string }): AppHostEdit[] {
  const placed = { kind: "resource", name, before: to } as const;
  if (kind === "plain") return [{ ...placed, method: "addConnectionString" }];
  if (url === undefined) return [];
  return [{ ...placed, method: "addExternalService", options: [quoting.js(url).text] }];
}
