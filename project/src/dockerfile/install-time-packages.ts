import { join } from "node:path";
import type { Finding, ProjectDescription } from "../description.ts";
import type { Inspection } from "../inspection.ts";
import { isNativePackage } from "../install-scripts.ts";
import { itemsOf, nodeAt } from "../json-access.ts";
import type { PackageManifest } from "../package-manifest.ts";
import { readLockedPackages } from "./locked-packages.ts";
import type { LockedPackage } from "./locked-packages.ts";

/** Packages that do something when they are installed. */
export interface InstallTimePackages {
  /** Those that may be compiled, which wants compilers. */
  readonly native: readonly Finding<string>[];
  /** Those of production that run a script, and all native ones; what other tools fetch for themselves is not missed. */
  readonly scripted: readonly string[];
  readonly scriptedInProduction: readonly string[];
}

/** Packages by which others compile themselves, or find what was compiled for them. */
const builders: ReadonlySet<string> = new Set(
  [
    ["bindings", "buildcheck", "cmake-js", "cmake-ts", "nan", "napi-macros", "node-addon-api", "node-gyp"],
    ["node-gyp-build", "node-gyp-build-optional-packages", "node-pre-gyp", "@mapbox/node-pre-gyp"],
    ["install-artifact-from-github", "prebuild-install", "pkg-prebuilds", "require-addon"],
  ].flat(),
);

interface Evidence {
  readonly project: ProjectDescription;
  readonly manifests: readonly (PackageManifest | undefined)[];
  /** The absolute path of the build's context. */
  readonly context: string;
}

/**
 * Finds native add-ons among all packages that the manifests ask for, at any depth, by what the lock file tells; where it
 * tells nothing, those that are known by their names. What a package can do without is left out: its install goes on when
 * it cannot be compiled.
 */
export async function findInstallTimePackages(
  inspection: Inspection,
  evidence: Evidence,
): Promise<InstallTimePackages> {
  const { lockFile, nativeAddons } = evidence.project;
  const path = lockFile?.value.path ?? "";
  const lock = (path && (await inspection.readHelpfulText(join(inspection.directory, path)))) ?? "";
  // A lock file may have megabytes, and most need not be read.
  const isTelling = [...builders, "hasInstallScript"].some((word) => lock.includes(word));
  const locked =
    isTelling || nativeAddons.length > 0
      ? readLockedPackages(lock, path.split("/").at(-1) ?? "")
      : new Map<string, LockedPackage>();
  const allowed = await allowedScripts(inspection, evidence);
  const runsScript = (name: string): boolean | undefined =>
    allowed?.has(name) ?? locked.get(name)?.runsScript;

  const native = new Map(nativeAddons.map((addon) => [addon.value, addon]));
  const reached = reachedNames(evidence, { locked, kinds: everyKind });
  for (const name of reached) {
    const entry = locked.get(name);
    if (entry === undefined || builders.has(name)) continue;
    if (!entry.isForLinux || runsScript(name) === false) native.delete(name);
    else if (!native.has(name)) {
      const because = whyNative(name, entry);
      if (because !== undefined) native.set(name, { value: name, because, file: path });
    }
  }
  const inProduction = reachedNames(evidence, { locked, kinds: productionKinds });
  const scriptedInProduction = [...inProduction].filter(
    (name) => native.has(name) || (runsScript(name) === true && locked.get(name)?.isForLinux === true),
  );
  return {
    native: [...native.values()],
    scripted: [...new Set([...scriptedInProduction, ...native.keys()])],
    scriptedInProduction,
  };
}

function whyNative(name: string, { dependencies }: LockedPackage): string | undefined {
  if (isNativePackage(name)) return "it is locked, and known to be native";
  const builder = [...dependencies].find((each) => builders.has(each));
  return builder === undefined ? undefined : `it is locked, and built by "${builder}"`;
}

const productionKinds: ReadonlySet<string> = new Set(["dependencies", "optionalDependencies"]);
const everyKind: ReadonlySet<string> = new Set([...productionKinds, "devDependencies"]);

/** The names of all packages that the manifests ask for, and of those that these need. */
function reachedNames(
  { manifests }: Evidence,
  { locked, kinds }: { locked: ReadonlyMap<string, LockedPackage>; kinds: ReadonlySet<string> },
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const manifest of manifests) {
    for (const { name, kind } of manifest?.dependencies.values() ?? []) if (kinds.has(kind)) names.add(name);
  }
  // A set hands out what is added while it is gone through.
  for (const name of names)
    for (const dependency of locked.get(name)?.dependencies ?? []) names.add(dependency);
  return names;
}

/** The only packages whose scripts pnpm is allowed to run; nothing where no list is kept. */
async function allowedScripts(
  inspection: Inspection,
  { project, manifests, context }: Evidence,
): Promise<ReadonlySet<string> | undefined> {
  if (project.packageManager?.value.name !== "pnpm") return undefined;
  const listed = manifests
    .map((manifest) => itemsOf(nodeAt(manifest?.root, "pnpm", "onlyBuiltDependencies")))
    .find((items) => items !== undefined);
  if (listed !== undefined)
    return new Set(listed.map(({ value }) => value).filter((name) => typeof name === "string"));
  const text = (await inspection.readHelpfulText(join(context, "pnpm-workspace.yaml"))) ?? "";
  if (!/^(?:onlyBuiltDependencies|allowBuilds):/m.test(text)) return undefined;
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: false });
  // One that is broken has been told of.
  if (document.errors.length > 0) return undefined;
  const settings = document.toJS() as { onlyBuiltDependencies?: unknown; allowBuilds?: unknown };
  const builds = Object.entries((settings.allowBuilds ?? {}) as Record<string, unknown>);
  return new Set([
    ...(Array.isArray(settings.onlyBuiltDependencies) ? settings.onlyBuiltDependencies.map(String) : []),
    ...builds.filter(([, isAllowed]) => isAllowed === true).map(([name]) => name),
  ]);
}
