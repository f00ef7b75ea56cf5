import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import { quoting } from "../templates/quoted.ts";
import { detectPackageManager } from "./package-managers.ts";
import { resourceKinds } from "./resource-kinds.ts";
import type { ResourceKind } from "./resource-kinds.ts";
import { addDependencies, serviceFolderOf } from "./service-folder.ts";
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
    { name: "to", type: "text", message: "Which service uses it? (none if empty)", optional: true },
  ],
  unit: ({ name, to }) => `resource-${String(name)}${hasUser(to) ? `-${to}` : ""}`,
  plan(draft, { answers, tree }) {
    const kind = resourceKinds[answers["resource"] as string] as ResourceKind;
    const name = answers["name"] as string;
    const appHost = findAppHost(tree);
    const { to } = answers;
    const edits: AppHostEdit[] = [{ kind: "resource", method: kind.method, name }];
    if (!hasUser(to)) {
      draft.editAppHost({ path: appHost, edits });
      return;
    }
    const folder = serviceFolderOf(to, draft.read(appHost) ?? "");
    draft.editAppHost({ path: appHost, edits: [...edits, { kind: "reference", from: to, to: name }] });
    if (kind.client === undefined) {
      const variable = kind.variable(name);
      draft.followUp({ kind: "next-step", text: `"${to}" finds "${name}" by the variable ${variable}` });
    } else draftClient(draft, { name, folder, variable: kind.variable(name), client: kind.client });
  },
});

function hasUser(to: unknown): to is string {
  return typeof to === "string" && to !== "";
}

function draftClient(
  draft: Draft,
  {
    name,
    folder,
    variable,
    client,
  }: { name: string; folder: string; variable: string; client: NonNullable<ResourceKind["client"]> },
): void {
  const { template, dependencies, developmentDependencies } = client;
  addDependencies(draft, { folder, dependencies, developmentDependencies });
  const file = `${folder}/src/${name}.ts`;
  draft.add({ path: file, template, data: { name, variable } });
  draft.followUp({
    kind: "install",
    directory: ".",
    packageManager: detectPackageManager(draft.tree) ?? "npm",
  });
  const connect = `connect${quoting.typeName(name).text}`;
  draft.followUp({ kind: "next-step", text: `call ${connect}(service) of ${file} where the service starts` });
}
