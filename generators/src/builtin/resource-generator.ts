import { posix } from "node:path";

import { parseAppHost } from "../apphost/apphost-program.ts";
import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import type { JsonEdit } from "../edits/edit-json.ts";
import { generatorError } from "../generator-error.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import { quoting } from "../templates/quoted.ts";
import { detectPackageManager } from "./package-managers.ts";
import { resourceKinds } from "./resource-kinds.ts";
import type { ResourceKind } from "./resource-kinds.ts";
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
    const folder = folderOf(to, draft.read(appHost) ?? "");
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

/**
 * The folder of a service, as the AppHost tells it: relative to the root, without `./`.
 *
 * @throws DextError `DEXT_GENERATE_ANSWER_INVALID`
 */
function folderOf(service: string, source: string): string {
  const program = parseAppHost(source);
  const resources = typeof program === "string" ? [] : program.resources;
  const [, path] = resources.find(({ name }) => name === service)?.calls[0]?.arguments ?? [];
  if (path?.type === "Literal" && typeof path.value === "string")
    return posix.normalize(path.value).replace(/\/$/, "");
  const names = resources.filter(({ method }) => method === "addProject").map(({ name }) => `"${name}"`);
  throw generatorError("DEXT_GENERATE_ANSWER_INVALID", `The AppHost has no project "${service}"`, {
    hint: names.length === 0 ? "dext new service <name> makes one." : `It has ${names.join(", ")}.`,
    details: { service },
  });
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
  const manifest = `${folder}/package.json`;
  if (draft.read(manifest) === undefined) {
    throw generatorError(
      "DEXT_GENERATE_FILE_MISSING",
      `"${manifest}" does not exist, so it can get no client`,
      {
        hint: "Leave out --to, and reference the resource by hand.",
        details: { path: manifest },
      },
    );
  }
  const { template, dependencies, developmentDependencies } = client;
  draft.editJson({
    path: manifest,
    edits: [...added("dependencies", dependencies), ...added("devDependencies", developmentDependencies)],
  });
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

function added(field: string, versions: Readonly<Record<string, string>>): JsonEdit[] {
  return Object.entries(versions).map(([each, version]) => ({
    at: [field, each],
    set: version,
    ifAbsent: true,
  }));
}
