import { posix } from "node:path";
import type { TarHeader } from "@dext/hosting/containers";
import type { ProjectDescription } from "@dext/project";
import type { CheckRow } from "./check-row.ts";

/** What {@link ImageContent} takes. */
export interface ImageContentOptions {
  project: ProjectDescription;
  /** Packages that only developing needs, of the project and its workspace. */
  developmentDependencies: readonly string[];
  /** The folder that the image starts in. */
  workingDirectory: string;
}

/** Folders of the system and of what base images bring along; nothing of a project's lies there. */
const systemFolders =
  /^(?:(?:lib\w*|s?bin|etc|proc|sys|dev|run|boot|deno-dir)\/|usr\/(?!src\/|app\/)|var\/(?!task\/|www\/|app\/)|opt\/yarn)/;

/** Names of files that hold secrets. */
const secretNames =
  /^\.env(?!.*\.?(?:example|sample|template|dist|schema)$)(?:\..+)?$|\.(?:pem|key|p12|pfx|jks|keystore|kdbx)$|^id_(?:rsa|dsa|ecdsa|ed25519)$|^\.(?:netrc|git-credentials|dockercfg)$/i;
const secretPaths = /(?:^|\/)\.(?:git\/config|docker\/config\.json|aws\/credentials|kube\/config)$/;
/** Settings of package managers hold a secret when a value stands where a variable should. */
const settings = /(?:^|\/)\.(?:npmrc|yarnrc\.yml)$/;
const literalSecret =
  /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent)\s*[=:]\s*["']?(?!["']?\$\{)\S/;

const testNames = /\.(?:test|spec)\.[cm]?[jt]sx?$|_test\.[cm]?[jt]sx?$/;
const manifestNames = /^(?:package\.json|deno\.jsonc?)$/;
/** Manifests and settings are small. */
const largestText = 1024 * 1024;

/** Looks at what lies in an image, path after path, and tells what has no business there. */
export class ImageContent {
  readonly #options: ImageContentOptions;
  /** Where the project's workspace, or the project itself, lies in the image; with a slash at its end. */
  readonly #root: string;
  readonly #home: string;
  readonly #wrong: Map<CheckRow["check"], string[]> = new Map();
  /** Package → the first place where it is. */
  readonly #packages: Map<string, string> = new Map();
  readonly #needed: Set<string> = new Set();

  constructor(options: ImageContentOptions) {
    this.#options = options;
    const home = posix.normalize(`${options.workingDirectory}/`).replace(/^\/+/, "");
    const inWorkspace = pathInWorkspace(options.project);
    this.#home = home;
    this.#root =
      inWorkspace !== "" && home.endsWith(`/${inWorkspace}/`) ? home.slice(0, -inWorkspace.length - 1) : home;
  }

  /** Whether the text of a file is wanted. */
  wants({ path, size }: TarHeader): boolean {
    if (size > largestText || !this.#isOwn(path)) return false;
    const { name, inner } = packagePlace(path);
    return name === undefined
      ? settings.test(path) || posix.basename(path) === "package.json"
      : inner === "package.json";
  }

  /** Takes what the archive of the image has next. */
  see({ path, type, content }: TarHeader): void {
    if (type === "directory" || !this.#isOwn(path)) return;
    const { name, inner, at } = packagePlace(path);
    if (content !== undefined) this.#readText(path, content.toString("utf8"));
    // What a package has in itself is its own affair: only that it is there counts.
    if (name === undefined) this.#seeOwn(path);
    else if (inner === "package.json" && !this.#packages.has(name)) this.#packages.set(name, `${at}${name}`);
  }

  /** What was found, once everything has been seen. */
  rows(): readonly CheckRow[] {
    const { project, developmentDependencies } = this.#options;
    for (const name of developmentDependencies) {
      const place = this.#packages.get(name);
      // One that a package of production needs too is there for its sake.
      if (place !== undefined && !this.#needed.has(name)) this.#note("development-dependencies", place);
    }
    return [
      ...(developmentDependencies.length === 0
        ? []
        : [
            this.#row(
              "development-dependencies",
              "Install without them in the last stage: npm ci --omit=dev.",
            ),
          ]),
      ...(isBuilt(project) ? [this.#row("sources", "Copy what the build has made, and nothing else.")] : []),
      this.#row("secrets", "Keep them out by the .dockerignore, and replace those that were pushed."),
      this.#row("tests", "Keep them out by the .dockerignore."),
      ...((project.workspace?.members.length ?? 0) < 2
        ? []
        : [this.#row("workspace", "Copy the packages that the project needs, by name.")]),
    ];
  }

  #isOwn(path: string): boolean {
    const isOfProject = this.#root !== "" && path.startsWith(this.#root);
    return isOfProject || !systemFolders.test(path);
  }

  #seeOwn(path: string): void {
    const name = posix.basename(path);
    if (secretNames.test(name) || secretPaths.test(path)) this.#note("secrets", path);
    if (testNames.test(name) || /(?:^|\/)__tests__\//.test(path)) this.#note("tests", path);
    if (path.startsWith(this.#home)) this.#seeProject(path, path.slice(this.#home.length));
    if (path.startsWith(this.#root)) this.#seeMember(path, path.slice(this.#root.length));
  }

  #seeProject(path: string, inner: string): void {
    const { project } = this.#options;
    if (/^(?:tests?|e2e)\//.test(inner) && !testNames.test(inner)) this.#note("tests", path);
    if (isBuilt(project) && isSource(inner, project)) this.#note("sources", path);
  }

  #seeMember(path: string, inner: string): void {
    const { workspace } = this.#options.project;
    if (workspace === undefined || manifestNames.test(posix.basename(path))) return;
    const self = pathInWorkspace(this.#options.project);
    const members = workspace.members.map((member) => member.path).filter((member) => member !== ".");
    const owner = longest(members.filter((member) => inner.startsWith(`${member}/`)));
    if (owner === undefined || owner === self) return;
    const isNeeded = workspace.closure.some(
      (member) => member.path === owner && member.needed === "production",
    );
    if (!isNeeded) this.#note("workspace", path);
  }

  #readText(path: string, text: string): void {
    if (settings.test(path)) {
      if (literalSecret.test(text)) this.#note("secrets", path);
      return;
    }
    for (const name of dependenciesIn(text)) this.#needed.add(name);
  }

  #note(check: CheckRow["check"], path: string): void {
    const paths = this.#wrong.get(check) ?? [];
    paths.push(`/${path}`);
    this.#wrong.set(check, paths);
  }

  #row(check: CheckRow["check"], hint: string): CheckRow {
    const paths = this.#wrong.get(check) ?? [];
    if (paths.length === 0) return { check, result: "ok", found: "none found" };
    const more = paths.length > mostShown ? ` and ${paths.length - mostShown} more` : "";
    return { check, result: "failed", found: paths.slice(0, mostShown).join(", ") + more, hint };
  }
}

/** So many paths are named. */
const mostShown = 3;

/** Whether something else is run than what was written. */
function isBuilt({ build }: ProjectDescription): boolean {
  return build?.value.kind === "script";
}

/** A source of a program that is built: in the folder of its entry point, or TypeScript beside its manifest. */
function isSource(inner: string, { entryPoint, builtEntryPoint }: ProjectDescription): boolean {
  const isTypeScript = /\.[cm]?tsx?$/.test(inner) && !/\.d\.[cm]?ts$/.test(inner);
  if (!inner.includes("/")) return isTypeScript;
  const made = topFolder(builtEntryPoint?.value);
  const written = topFolder(entryPoint?.value) ?? "src";
  return inner.startsWith(`${written}/`) && (written !== made || isTypeScript);
}

function topFolder(path: string | undefined): string | undefined {
  const [folder, ...rest] = path?.replace(/^(?:\.\/)+/, "").split("/") ?? [];
  return rest.length === 0 ? undefined : folder;
}

/** The package of `node_modules` that a path lies in: `app/node_modules/@a/b/x.js` → `@a/b`, `x.js`. */
function packagePlace(path: string): { name?: string; inner?: string; at?: string } {
  const [, at, name, inner] =
    /^(.*(?:^|\/)node_modules\/)((?:@[^/]+\/)?[^/@][^/]*)(?:\/(.*))?$/.exec(path) ?? [];
  if (at === undefined || name === undefined) return {};
  return { at, name, ...(inner === undefined ? {} : { inner }) };
}

function dependenciesIn(text: string): readonly string[] {
  try {
    const manifest = JSON.parse(text) as Record<string, Record<string, string> | undefined>;
    return ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
  } catch {
    // A package of the registry can hold anything.
    return [];
  }
}

/** Relative to the workspace's root; empty for the root itself, and without a workspace. */
function pathInWorkspace({ directory, workspace }: ProjectDescription): string {
  if (workspace === undefined || workspace.isRoot) return "";
  return directory.slice(workspace.root.length + 1).replaceAll("\\", "/");
}

function longest(paths: readonly string[]): string | undefined {
  return paths.toSorted((a, b) => b.length - a.length)[0];
}
