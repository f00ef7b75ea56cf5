import type { Draft } from "../generator/draft.ts";
import type { JsonEdit } from "../edits/edit-json.ts";
import type { Answers } from "../generator/definition.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { vendoredPlaces, vendorFolder } from "./dext-packages.ts";
import { detectPackageManager, readManifest } from "./package-managers.ts";
import type { PackageManagerName } from "./package-managers.ts";

/** What a repository tells about the answers of everything that becomes a member of its workspace. */
export function detectWorkspace(tree: TargetTree): Answers {
  const packageManager = detectPackageManager(tree);
  return {
    ...(packageManager === undefined ? {} : { packageManager }),
    vendored: tree.kindOf(vendorFolder) === "folder",
  };
}

/** The scope of the packages of a repository, by the name of its root: `shop` → `@shop`, `@acme/shop` → `@acme`. */
export function packageScope(tree: TargetTree): string {
  const { name } = readManifest(tree);
  const found = /^(?:@([a-z\d][\w.-]*)\/.+|([a-z\d][\w.-]*))$/.exec(typeof name === "string" ? name : "");
  return `@${found?.[1] ?? found?.[2] ?? "services"}`;
}

/** Makes a folder such as `services/*` part of the workspace, and has Dext's packages come from the vendor folder. */
export function joinWorkspace(
  draft: Draft,
  { members, answers }: { members: string; answers: Answers },
): void {
  const packageManager = answers["packageManager"] as PackageManagerName;
  if (packageManager === "pnpm") return joinPnpmWorkspace(draft, members);
  if (draft.read("package.json") === undefined) return;
  const workspaces = readManifest(draft.tree)["workspaces"];
  const at =
    Array.isArray(workspaces) || workspaces === undefined ? ["workspaces"] : ["workspaces", "packages"];
  const field = packageManager === "yarn" ? "resolutions" : "overrides";
  const pins = Object.entries(answers["vendored"] === true ? vendoredPlaces() : {});
  const edits: JsonEdit[] = [
    { at, append: members },
    ...pins.map(([name, place]): JsonEdit => ({ at: [field, name], set: place, ifAbsent: true })),
  ];
  draft.editJson({ path: "package.json", edits });
}

/** YAML is not edited: where a person has written it, a person is told. */
function joinPnpmWorkspace(draft: Draft, members: string): void {
  const lines = (draft.read("pnpm-workspace.yaml") ?? "").split("\n");
  const isListed = lines.some((line) => /^\s*-\s*["']?([^"'\s#]+)/.exec(line)?.[1] === members);
  if (isListed) return;
  const text = `Add "${members}" to the packages of pnpm-workspace.yaml`;
  draft.followUp({ kind: "next-step", text, required: true });
}
