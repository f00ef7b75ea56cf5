/** A place in a file. */
export interface Origin {
  /** Relative to the project's folder, with forward slashes: `package.json`, `../../pnpm-lock.yaml`. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Something that was found out about a project, and what it rests on. */
export interface Finding<T> {
  readonly value: T;
  /** The reason, as half a sentence for a person: `"packageManager" says so`. */
  readonly because: string;
  /** The file that it rests on, relative to the project's folder with forward slashes; absent when nothing says so. */
  readonly file?: string;
  /** The line in that file, counted from 1; absent when the file as a whole is the reason. */
  readonly line?: number;
}

/** What runs the code of a project. */
export type Runtime = "node" | "deno" | "bun";

/** What installs the dependencies of a project. */
export type PackageManagerName = "npm" | "pnpm" | "yarn" | "bun" | "deno";

/** The package manager of a project. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /** As far as it is written down, without a hash: `9.15.0`, `4.x`. */
  readonly version?: string;
  /** Yarn only: classic is version 1, berry everything since. */
  readonly flavour?: "classic" | "berry";
}

/** A lock file: the versions that an install reproduces. */
export interface LockFile {
  readonly packageManager: PackageManagerName;
  /** Relative to the project's folder, with forward slashes. */
  readonly path: string;
  readonly flavour?: "classic" | "berry";
}

/** Frameworks that are recognised by their package. */
export type FrameworkName =
  | "next"
  | "nuxt"
  | "remix"
  | "react-router"
  | "astro"
  | "sveltekit"
  | "tanstack-start"
  | "solid-start"
  | "angular"
  | "gatsby"
  | "nest"
  | "adonis"
  | "fresh"
  | "hono"
  | "express"
  | "fastify"
  | "koa"
  | "hapi"
  | "elysia"
  | "oak"
  | "nitro"
  | "vite";

/** The framework of a project. */
export interface Framework {
  readonly name: FrameworkName;
  /** The package that gave it away. */
  readonly package: string;
  /** The version range as written. */
  readonly version?: string;
  /** `site`: it has a development server and a build of its own; `server`: a library that the entry point uses. */
  readonly kind: "site" | "server";
}

/** What `tsconfig.json` says. */
export interface TypeScriptDescription {
  readonly config: Finding<string>;
  /** Where compiled files go, relative to the project's folder. */
  readonly outDir: Finding<string> | undefined;
  readonly rootDir: Finding<string> | undefined;
  /** Syntax that Node cannot strip: what, and where it is switched on. */
  readonly unstrippable: Finding<string> | undefined;
}

/** How sources become what runs in production. */
export type BuildStep =
  | { readonly kind: "script"; readonly script: string; readonly command: string }
  | { readonly kind: "type-stripping" };

/** Deno's view of a project. */
export interface DenoDescription {
  /** `deno.json` or `deno.jsonc`, relative to the project's folder; absent when there is only code. */
  readonly config: string | undefined;
  readonly lock: Finding<string> | undefined;
  /** Task → command; a task of dependencies only has an empty command. */
  readonly tasks: Readonly<Record<string, string>>;
  /** The flags that give its permissions: `-P`, or `--allow-net` and so on. */
  readonly permissions: Finding<readonly string[]> | undefined;
  /** The import map, inline or by the file that `importMap` names. */
  readonly imports: Readonly<Record<string, string>>;
  readonly nodeModulesDir: Finding<string> | undefined;
}

/** A package of a workspace. */
export interface WorkspaceMember {
  readonly name: string;
  readonly version: string | undefined;
  /** Relative to the workspace's root, with forward slashes; `.` for the root itself. */
  readonly path: string;
  /** The manifests that an install needs, relative to the workspace's root. */
  readonly manifests: readonly string[];
}

/** A package that the project needs from its own workspace. */
export interface ClosureMember extends WorkspaceMember {
  /** `production` when code that runs needs it, `development` when only building or testing does. */
  readonly needed: "production" | "development";
  /** Who needs it first and where that is written. */
  readonly because: string;
  readonly file: string;
  readonly line: number;
}

/** The workspace that a project belongs to, or is the root of. */
export interface WorkspaceDescription {
  /** The absolute path of its root. */
  readonly root: string;
  readonly isRoot: boolean;
  /** The patterns that list the members, and where they stand. */
  readonly patterns: Finding<readonly string[]>;
  /** All members by path, with the root itself left out. */
  readonly members: readonly WorkspaceMember[];
  /** What the project needs of them, over any number of steps: dependencies before their dependents. */
  readonly closure: readonly ClosureMember[];
  /** Packages in the closure that need each other in a circle, each with the first name again at its end. */
  readonly cycles: readonly (readonly string[])[];
}

/** What each warning means. */
export const projectWarnings = {
  "field-ignored": "A field of a manifest holds something that cannot be what was meant",
  "file-ignored": "A file that is no more than helpful cannot be read or parsed",
  "json-extension": "A package.json holds comments or trailing commas, which npm refuses",
  "duplicate-key": "A name stands twice in a manifest",
  "package-manager-invalid": "The packageManager field is of no known form",
  "lock-files-disagree":
    "There are lock files of several package managers, or of another one than is declared",
  "runtime-version-mismatch": "Two files ask for versions of the runtime that cannot both be had",
  "runtime-version-invalid": "A version file holds no version",
  "type-stripping-unsupported":
    "The entry point is TypeScript that the runtime asked for cannot run as it stands",
  "entry-point-missing": "A manifest names an entry point that does not exist",
  "build-output-missing": "A script runs a file that a build has yet to make",
  "port-not-passed": "The script runs a development server in a way that gives no place for the port",
  "workspace-not-member": "The folder lies in a workspace that does not list it",
  "workspace-member-invalid": "A member of the workspace cannot be read",
  "workspace-duplicate-name": "Two members of the workspace have the same name",
  "workspace-version-mismatch":
    "A dependency has the name of a member and asks for a version that it does not have",
  "workspace-dependency-missing":
    "A dependency that must come from the workspace or a folder cannot be found there",
  "workspace-cycle": "Members of the workspace depend on each other in a circle",
  "needs-attention": "A dependency needs more at run time than its package",
} as const;

/** Something odd that a person should know; nothing is wrong enough to stop. */
export interface ProjectWarning {
  readonly code: keyof typeof projectWarnings;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  /** Set when it matters to an image of the project only, not to running it here. */
  readonly onlyFor?: "image";
}

/** What a folder holds, as `dext describe` shows it and as its Dockerfile is made from. */
export interface ProjectDescription {
  /** The absolute path of the folder. */
  readonly directory: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly runtime: Finding<Runtime>;
  /** Absent when there is no manifest, so that nothing can be installed. */
  readonly packageManager: Finding<PackageManager> | undefined;
  readonly lockFile: Finding<LockFile> | undefined;
  /** The version or range of the runtime as written: `22`, `>=22.18`, `lts/jod`. */
  readonly runtimeVersion: Finding<string> | undefined;
  /** How Node reads `.js` and `.ts` files; absent without a `package.json`. */
  readonly moduleType: Finding<"module" | "commonjs"> | undefined;
  readonly workspace: WorkspaceDescription | undefined;
  /** What the package manager can run by name: scripts of `package.json` and tasks of `deno.json` (these win). */
  readonly scripts: Readonly<Record<string, string>>;
  /** Where each of them stands. */
  readonly scriptOrigins: Readonly<Record<string, Origin>>;
  /** The source file that starts the project, relative to its folder. */
  readonly entryPoint: Finding<string> | undefined;
  /** The file that starts it after the build, when that is another one, whether it exists yet or not. */
  readonly builtEntryPoint: Finding<string> | undefined;
  readonly framework: Finding<Framework> | undefined;
  /** Absent without a `tsconfig.json`. */
  readonly typescript: TypeScriptDescription | undefined;
  readonly build: Finding<BuildStep> | undefined;
  /** Scripts of the project itself that an install runs: `preinstall`, `postinstall`, `prepare` … */
  readonly installScripts: readonly Finding<string>[];
  /** Packages that compile or fetch native code when they are installed. */
  readonly nativeAddons: readonly Finding<string>[];
  /** The port that the project listens on when nobody gives it one. */
  readonly port: Finding<number> | undefined;
  /** The path that answers whether it is healthy. */
  readonly healthPath: Finding<string> | undefined;
  readonly deno: DenoDescription | undefined;
  readonly warnings: readonly ProjectWarning[];
}
