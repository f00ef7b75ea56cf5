import { plainValue } from "../json-access.ts";
import { parseJsonDocument } from "../json-document.ts";

/** What a lock file tells of a package; all versions of it are taken as one. */
export interface LockedPackage {
  /** The packages that it cannot do without. */
  readonly dependencies: ReadonlySet<string>;
  /** Whether an install runs a script of it; nothing where the lock file does not tell. */
  readonly runsScript: boolean | undefined;
  /** Whether it is for Linux, too. */
  readonly isForLinux: boolean;
}

/** The packages of a lock file by name; none for one in a form that is not known, such as Bun's binary one. */
export function readLockedPackages(text: string, fileName: string): ReadonlyMap<string, LockedPackage> {
  const packages = new Packages();
  if (fileName === "package-lock.json" || fileName === "npm-shrinkwrap.json") readNpm(text, packages);
  else if (fileName === "bun.lock") readBun(text, packages);
  else if (fileName === "pnpm-lock.yaml") readPnpm(text, packages);
  else if (fileName === "yarn.lock") readYarn(text, packages);
  return packages.byName;
}

interface MutablePackage {
  dependencies: Set<string>;
  runsScript: boolean | undefined;
  isForLinux: boolean;
}

class Packages {
  readonly byName = new Map<string, MutablePackage>();

  named(name: string): MutablePackage {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const made: MutablePackage = { dependencies: new Set(), runsScript: undefined, isForLinux: true };
    this.byName.set(name, made);
    return made;
  }
}

type Json = Readonly<Record<string, unknown>>;

// "node_modules/a/node_modules/b": { "hasInstallScript": true, "dependencies": { … }, "os": ["darwin"] }
function readNpm(text: string, packages: Packages): void {
  const { packages: entries } = parsed(text);
  for (const [place, entry] of Object.entries(asObject(entries))) {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place) ?? [];
    const { hasInstallScript, dependencies, os, link } = asObject(entry);
    if (name === undefined || link === true) continue;
    const found = packages.named(name);
    addAll(found, dependencies);
    found.runsScript = hasInstallScript === true || found.runsScript === true;
    found.isForLinux = isLinux(os);
  }
}

// "a/b": ["b@1.0.0", "", { "dependencies": { … }, "os": "darwin" }, "sha512-…"]
function readBun(text: string, packages: Packages): void {
  const { packages: entries } = parsed(text);
  for (const entry of Object.values(asObject(entries))) {
    const [resolution, ...rest] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const details = asObject(rest.find((item) => typeof item === "object"));
    const found = packages.named(nameOf(String(resolution)));
    addAll(found, details["dependencies"]);
    found.isForLinux = isLinux(details["os"]);
  }
}

function readPnpm(text: string, packages: Packages): void {
  // Up to pnpm 8 a package that has scripts says so; from 9 on none does.
  const tells = /^lockfileVersion: ['"]?[1-8]\b/m.test(text);
  for (const { path, value } of settingsOf(text)) {
    const [section, key = "", field, dependency] = path;
    if ((section !== "packages" && section !== "snapshots") || key === "") continue;
    const found = packages.named(nameOf(key.replace(/^\//, "")));
    if (tells) found.runsScript ??= false;
    if (field === "requiresBuild" && value === "true") found.runsScript = true;
    if (field === "os") found.isForLinux = isLinux(value.replaceAll(/[[\]'"\s]/g, "").split(","));
    if (field === "dependencies" && dependency !== undefined) found.dependencies.add(dependency);
  }
}

function readYarn(text: string, packages: Packages): void {
  for (const { path, value } of settingsOf(text)) {
    const [key = "", field, dependency, setting] = path;
    if (key === "__metadata") continue;
    const found = packages.named(nameOf(key.replace(/^["']/, "")));
    // os=darwin & cpu=arm64
    if (field === "conditions" && /\bos=/.test(value)) found.isForLinux = /\bos=linux\b/.test(value);
    if (field === "dependencies" && dependency !== undefined) found.dependencies.add(dependency);
    const isOptional = field === "dependenciesMeta" && setting === "optional" && value === "true";
    if (isOptional && dependency !== undefined) found.dependencies.delete(dependency);
  }
}

/**
 * The lines of a lock file in YAML, or in what Yarn 1 takes for it, each with the keys that it stands below: package
 * managers write them line by line, and a parser of all of YAML takes a second for a large one.
 */
function* settingsOf(text: string): Generator<{ path: readonly string[]; value: string }> {
  const path: { indent: number; key: string }[] = [];
  for (const line of text.split(/\r?\n/)) {
    // '@scope/name@1.0.0':    "@scope/name" "^1.0.0"    name: 1.0.0
    const match =
      /^(?<indent> *)(?:(?<heading>[^#\s-].*):|(?<quote>["']?)(?<key>[^#\s-].*?)\k<quote>:? +(?<value>.+))$/.exec(
        line,
      );
    if (match?.groups === undefined) continue;
    const { indent = "", heading, key = "", value = "" } = match.groups;
    while ((path.at(-1)?.indent ?? -1) >= indent.length) path.pop();
    path.push({ indent: indent.length, key: heading?.replaceAll(/^["']|["']$/g, "") ?? key });
    yield { path: path.map((each) => each.key), value: value.replaceAll(/^["']|["']$/g, "") };
  }
}

/** `@scope/name@1.0.0`, `name@npm:^1.0.0, name@npm:^2.0.0`, `name/1.0.0` */
function nameOf(key: string): string {
  return /^(?:@[^/]+\/)?[^/@(,"']+/.exec(key)?.[0] ?? key;
}

function parsed(text: string): Json {
  try {
    return asObject(plainValue(parseJsonDocument(text).root));
  } catch {
    // The install in the image says what is wrong with it.
    return {};
  }
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function addAll({ dependencies }: MutablePackage, named: unknown): void {
  for (const name of Object.keys(asObject(named))) dependencies.add(name);
}

// ["darwin"]    ["!win32"]    "linux"
function isLinux(os: unknown): boolean {
  const names = (Array.isArray(os) ? os : [os]).filter((name) => typeof name === "string");
  if (names.includes("!linux")) return false;
  return names.length === 0 || names.includes("linux") || names.some((name) => name.startsWith("!"));
}
