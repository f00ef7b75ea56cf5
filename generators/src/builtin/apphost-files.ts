import { editJson } from "../edits/edit-json.ts";
import type { JsonEdit } from "../edits/edit-json.ts";
import type { Draft } from "../generator/draft.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { isFile } from "../apphost/existing/environment-file.ts";
import { dextVersion, vendoredPlace, vendoredPlaces } from "./dext-packages.ts";
import { readManifest } from "./package-managers.ts";
import type { PackageManagerName } from "./package-managers.ts";

/** The names that an AppHost can have, in the order in which they are looked for. */
export const appHostNames: readonly string[] = ["apphost.ts", "apphost.mts", "apphost.js", "apphost.mjs"];

/**
 * The file of the AppHost: the one that is there, else `apphost.ts` where that is a module: for Deno, in a package of
 * modules, or where the package is made with it. In a CommonJS package it is `apphost.mts`.
 */
export function chooseAppHostFile(tree: TargetTree): string {
  const present = appHostNames.find((name) => tree.kindOf(name) === "file");
  if (present !== undefined) return present;
  return isModuleRoot(tree) ? "apphost.ts" : "apphost.mts";
}

/** Whether a file `.ts` in the root is a module: not in a CommonJS package, which is the usual one of npm. */
export function isModuleRoot(tree: TargetTree): boolean {
  return tree.kindOf("package.json") !== "file" || readManifest(tree)["type"] === "module";
}

/** Makes `@dext/hosting` and `dext` development dependencies of the root, which gets a manifest if it has none. */
export function draftAppHostPackages(
  draft: Draft,
  { packageManager, vendored }: { packageManager: PackageManagerName; vendored: boolean },
): void {
  const place = (name: string): string => (vendored ? vendoredPlace(name) : dextVersion());
  const pins = vendored ? Object.entries(vendoredPlaces()) : [];
  const field = packageManager === "yarn" ? "resolutions" : "overrides";
  const edits: JsonEdit[] = [
    ...["@dext/hosting", "dext"].map((name): JsonEdit => ({
      at: ["devDependencies", name],
      set: place(name),
      ifAbsent: true,
    })),
    ...(packageManager === "pnpm" ? [] : pins).map(([name, file]): JsonEdit => ({
      at: [field, name],
      set: file,
      ifAbsent: true,
    })),
    ...denoDependencies(draft.tree),
  ];
  draft.edit({
    path: "package.json",
    name: "dext-packages",
    create: '{\n  "type": "module",\n  "private": true\n}\n',
    edit: (text) => editJson(text, { path: "package.json", edits }),
  });
  if (packageManager === "pnpm" && pins.length > 0) pinForPnpm(draft, pins);
  letDenoFindPackages(draft);
  ignoreModules(draft);
}

/** pnpm reads pins from its own file; a list that is written on one line is left to a person. */
function pinForPnpm(draft: Draft, pins: readonly (readonly [string, string])[]): void {
  const linesAt = (indentation: string): string =>
    pins.map(([name, file]) => `${indentation}${JSON.stringify(name)}: ${JSON.stringify(file)}\n`).join("");
  const now = draft.read("pnpm-workspace.yaml") ?? "";
  const list = /^overrides:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ \t]+)\S/m;
  if (/^overrides:/m.test(now) && !list.test(now)) {
    draft.followUp({
      kind: "next-step",
      required: true,
      text: `Add to the overrides of pnpm-workspace.yaml:\n${linesAt("  ")}`,
    });
    return;
  }
  draft.edit({
    path: "pnpm-workspace.yaml",
    name: "dext-overrides",
    create: "",
    edit(text) {
      const [first] = pins;
      if (first !== undefined && text.includes(`${JSON.stringify(first[0])}: ${JSON.stringify(first[1])}`))
        return text;
      const indentation = list.exec(text)?.[1];
      if (indentation !== undefined) {
        return text.replace(/^overrides:[^\n]*\n/m, (head) => head + linesAt(indentation));
      }
      return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}overrides:\n${linesAt("  ")}`;
    },
  });
}

/** With a `package.json` beside it, Deno takes packages of npm from `node_modules` only: there they must be, too. */
function denoDependencies(tree: TargetTree): JsonEdit[] {
  const file = denoFile(tree);
  if (file === undefined || tree.kindOf("package.json") === "file") return [];
  const specifiers = Object.values(importsOf(tree.read(file)?.contents ?? ""));
  return specifiers.flatMap((specifier): JsonEdit[] => {
    const match = /^npm:\/?((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?/.exec(String(specifier));
    const [, name, version = "*"] = match ?? [];
    return name === undefined ? [] : [{ at: ["dependencies", name], set: version, ifAbsent: true }];
  });
}

/** Packages that no registry has yet are found where a package manager has put them. */
function letDenoFindPackages(draft: Draft): void {
  const file = denoFile(draft.tree);
  if (file === undefined) return;
  draft.editJson({ path: file, edits: [{ at: ["nodeModulesDir"], set: "manual" }] });
}

function denoFile(tree: TargetTree): string | undefined {
  return ["deno.json", "deno.jsonc"].find((name) => isFile(tree, name));
}

/** The imports of a configuration of Deno, which may have comments. */
function importsOf(text: string): Record<string, unknown> {
  const plain = text
    .replaceAll(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_whole, quoted: string | undefined) => quoted ?? "",
    )
    .replaceAll(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_whole, quoted: string | undefined) => quoted ?? "");
  try {
    const { imports } = JSON.parse(plain) as { imports?: unknown };
    return typeof imports === "object" && imports !== null ? (imports as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What is installed stays out of git. */
function ignoreModules(draft: Draft): void {
  draft.edit({
    path: ".gitignore",
    name: "ignore-node-modules",
    create: "",
    edit: (text) => {
      if (/^\s*(?:\*\*)?\/?node_modules(?:\/|\/?\*\*?)?\s*$/m.test(text)) return text;
      return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}node_modules/\n`;
    },
  });
}
