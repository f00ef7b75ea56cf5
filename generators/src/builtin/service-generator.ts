import { generatorError } from "../generator-error.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import type { JsonEdit } from "../edits/edit-json.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { vendoredPlaces, vendorFolder } from "./dext-packages.ts";
import { detectPackageManager, readManifest } from "./package-managers.ts";
import type { PackageManagerName } from "./package-managers.ts";
import { draftService, serviceChoices } from "./service-files.ts";
import { namePrompt, servicePrompts } from "./service-prompts.ts";

/** The generator behind `dext new service`: a service in a repository that has an AppHost. */
export const serviceGenerator: GeneratorDefinition = defineGenerator({
  name: "service",
  description: "A service in this repository, wired into the AppHost",
  prompts: [namePrompt("What is the service called?"), ...servicePrompts],
  detect({ tree }) {
    const packageManager = detectPackageManager(tree);
    return {
      ...(packageManager === undefined ? {} : { packageManager }),
      vendored: tree.kindOf(vendorFolder) === "folder",
    };
  },
  plan(draft, { answers, tree }) {
    const appHost = findAppHost(tree);
    const packageManager = answers["packageManager"] as PackageManagerName;
    draftService(draft, {
      name: answers["name"] as string,
      ...serviceChoices(answers),
      scope: scopeOf(readManifest(tree)["name"]),
      appHost,
    });
    joinWorkspace(draft, { packageManager, vendored: answers["vendored"] === true });
    draft.followUp({ kind: "install", directory: ".", packageManager });
  },
});

/** The names that an AppHost can have, in the order in which they are looked for. */
const appHostNames = ["apphost.ts", "apphost.mts", "apphost.js", "apphost.mjs"];

/**
 * The AppHost in the root of a tree.
 *
 * @throws DextError `DEXT_GENERATE_FILE_MISSING`
 */
export function findAppHost(tree: TargetTree): string {
  const found = appHostNames.find((path) => tree.kindOf(path) === "file");
  if (found !== undefined) return found;
  throw generatorError("DEXT_GENERATE_FILE_MISSING", `There is no AppHost in "${tree.root}"`, {
    hint: "dext new app <name> makes a repository with one.",
    details: { looked: appHostNames },
  });
}

/** `shop` → `@shop`, `@acme/shop` → `@acme`. */
function scopeOf(rootName: unknown): string {
  const name = typeof rootName === "string" ? rootName : "";
  const found = /^(?:@([a-z\d][\w.-]*)\/.+|([a-z\d][\w.-]*))$/.exec(name);
  return `@${found?.[1] ?? found?.[2] ?? "services"}`;
}

/** Makes the folder of services part of the workspace, and has Dext's packages come from the vendor folder. */
function joinWorkspace(
  draft: Draft,
  { packageManager, vendored }: { packageManager: PackageManagerName; vendored: boolean },
): void {
  if (packageManager === "pnpm") return joinPnpmWorkspace(draft);
  if (draft.read("package.json") === undefined) return;
  const workspaces = readManifest(draft.tree)["workspaces"];
  const at =
    Array.isArray(workspaces) || workspaces === undefined ? ["workspaces"] : ["workspaces", "packages"];
  const field = packageManager === "yarn" ? "resolutions" : "overrides";
  const pins = Object.entries(vendored ? vendoredPlaces() : {});
  const edits: JsonEdit[] = [
    { at, append: "services/*" },
    ...pins.map(([name, place]): JsonEdit => ({ at: [field, name], set: place, ifAbsent: true })),
  ];
  draft.editJson({ path: "package.json", edits });
}

/** YAML is not edited: where a person has written it, a person is told. */
function joinPnpmWorkspace(draft: Draft): void {
  const text = draft.read("pnpm-workspace.yaml") ?? "";
  if (/^\s*-\s*["']?services\/\*/m.test(text)) return;
  draft.followUp({ kind: "next-step", text: 'Add "services/*" to the packages of pnpm-workspace.yaml' });
}
