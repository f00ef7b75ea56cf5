import { generatorError } from "../generator-error.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { appHostNames } from "./apphost-files.ts";
import type { PackageManagerName } from "./package-managers.ts";
import { draftService, serviceChoices } from "./service-files.ts";
import { namePrompt, servicePrompts } from "./service-prompts.ts";
import { detectWorkspace, joinWorkspace, packageScope } from "./workspace.ts";

/** The generator behind `dext new service`: a service in a repository that has an AppHost. */
export const serviceGenerator: GeneratorDefinition = defineGenerator({
  name: "service",
  description: "A service in this repository, wired into the AppHost",
  prompts: [namePrompt("What is the service called?"), ...servicePrompts],
  detect: ({ tree }) => detectWorkspace(tree),
  plan(draft, { answers, tree }) {
    const appHost = findAppHost(tree);
    draftService(draft, {
      name: answers["name"] as string,
      ...serviceChoices(answers),
      scope: packageScope(tree),
      appHost,
    });
    joinWorkspace(draft, { members: "services/*", answers });
    const packageManager = answers["packageManager"] as PackageManagerName;
    draft.followUp({ kind: "install", directory: ".", packageManager });
  },
});

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
