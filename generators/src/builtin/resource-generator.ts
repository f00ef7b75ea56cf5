import { posix } from "node:path";

import { parseAppHost } from "../apphost/apphost-program.ts";
import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import { editConfigLayers } from "../edits/edit-config-layers.ts";
import { generatorError } from "../generator-error.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import { quoting } from "../templates/quoted.ts";
import { detectPackageManager } from "./package-managers.ts";
import { resourceKinds } from "./resource-kinds.ts";
import type { ResourceKind } from "./resource-kinds.ts";
import { addDependencies, serviceFolderOf, userPrompt } from "./service-folder.ts";
import { findAppHost } from "./service-generator.ts";
import { namePrompt } from "./service-prompts.ts";

/** The generator behind `dext add`: a backing resource in the AppHost, and what a service needs to use it. */
export const resourceGenerator: GeneratorDefinition = defineGenerator({
  name: "resource",
  description: "A backing resource, wired into the AppHost and a service",
  prompts: [
    {
      name: "resource",
      type: "select",
      message: "Which resource?",
      choices: Object.entries(resourceKinds).map(([value, { label }]) => ({ value, label })),
    },
    { ...namePrompt("What is it called?"), propose: true },
  ],
  morePrompts: ({ tree }) => [userPrompt(tree)],
  // No name holds a full stop: "cache" for "api-web" and "cache-api" for "web" stay apart.
  unit: ({ name, to }) => `resource-${String(name)}${hasUser(to) ? `.${to}` : ""}`,
  plan(draft, { answers, tree }) {
    const kind = resourceKinds[answers["resource"] as string] as ResourceKind;
    const name = answers["name"] as string;
    const appHost = findAppHost(tree);
    const { to } = answers;
    refuseOtherKind(draft.read(appHost) ?? "", { name, kind });
    const resource: AppHostEdit = { kind: "resource", method: kind.method, name };
    if (!hasUser(to)) {
      draft.editAppHost({ path: appHost, edits: [resource] });
      return;
    }
    const folder = serviceFolderOf(to, tree);
    const edits: AppHostEdit[] = [
      { ...resource, before: to },
      { kind: "reference", from: to, to: name },
    ];
    draft.editAppHost({ path: appHost, edits });
    const use = { name, folder, service: to, variable: kind.variable(name) };
    if (kind.client !== undefined) draftClient(draft, { ...use, client: kind.client });
    if (kind.layer !== undefined) draftLayer(draft, { ...use, layer: kind.layer });
  },
});

/** A resource of the same name and of another kind would have its client replaced by one that fits nothing. */
function refuseOtherKind(source: string, { name, kind }: { name: string; kind: ResourceKind }): void {
  const program = parseAppHost(source);
  const present =
    typeof program === "string" ? undefined : program.resources.find((each) => each.name === name);
  const other = Object.values(resourceKinds).find(({ method }) => method === present?.method);
  if (other === undefined || other.method === kind.method) return;
  throw generatorError(
    "DEXT_GENERATE_ANSWER_INVALID",
    `"${name}" is a resource of the AppHost already, ${other.label}, wanted ${kind.label}`,
    { hint: "Choose another name with --name.", details: { name } },
  );
}

function hasUser(to: unknown): to is string {
  return typeof to === "string" && to !== "";
}

/** A resource in the hands of a service. */
interface Use {
  readonly name: string;
  readonly service: string;
  readonly folder: string;
  /** The variable that tells the service where the resource is. */
  readonly variable: string;
}

function draftClient(
  draft: Draft,
  { name, folder, variable, client }: Use & { client: NonNullable<ResourceKind["client"]> },
): void {
  const { template, dependencies, developmentDependencies } = client;
  const file = posix.join(folder, `src/${name}.ts`);
  const connect = `connect${quoting.typeName(name).text}`;
  const isOwn = draft.read(file)?.includes(connect) ?? true;
  if (serviceSources.has(name) && !isOwn) throw takenFile(name, file);
  addDependencies(draft, { folder, dependencies, developmentDependencies });
  draft.add({ path: file, template, data: { name, variable } });
  install(draft);
  draft.followUp({ kind: "next-step", text: `call ${connect}(service) of ${file} where the service starts` });
}

/** What a service is made of: as it was generated, it would be replaced without a question. */
const serviceSources: ReadonlySet<string> = new Set(["app", "config", "handle", "main", "work"]);

function takenFile(name: string, file: string): Error {
  return generatorError(
    "DEXT_GENERATE_ANSWER_INVALID",
    `The client of "${name}" would take the place of "${file}", which the service is made of`,
    { hint: "Choose another name with --name.", details: { name, file } },
  );
}

/** Values of the resource come in below those of the variables, and may be absent: a new one holds none. */
function draftLayer(
  draft: Draft,
  { name, service, folder, variable, layer }: Use & { layer: NonNullable<ResourceKind["layer"]> },
): void {
  const path = posix.join(folder, "src/config.ts");
  const options = { ...layer.place(service), connection: name, optional: true };
  const edit = { layer: layer.name, options: objectText(options), connection: name };
  const now = draft.read(path);
  const result = now === undefined ? undefined : editConfigLayers(now, edit);
  if (result === undefined || result.outcome === "unsafe") {
    const what = result === undefined ? "" : ` (${result.reason})`;
    const text = `"${service}" finds "${name}" by ${variable}, or by the layer ${edit.layer}(${edit.options})${what}`;
    draft.followUp({ kind: "next-step", text });
    return;
  }
  addDependencies(draft, { folder, dependencies: layer.dependencies });
  draft.edit({
    path,
    name: `layer-${layer.name}-${name}`,
    edit(source) {
      const again = editConfigLayers(source, edit);
      return again.outcome === "unsafe" ? source : again.text;
    },
  });
  install(draft);
}

/** `{ prefix: "api/", optional: true }` */
function objectText(values: Readonly<Record<string, unknown>>): string {
  const properties = Object.entries(values).map(([key, value]) => `${key}: ${quoting.js(value).text}`);
  return `{ ${properties.join(", ")} }`;
}

function install(draft: Draft): void {
  const packageManager = detectPackageManager(draft.tree) ?? "npm";
  draft.followUp({ kind: "install", directory: ".", packageManager });
}
