import type { TargetTree } from "../plan/target-tree.ts";

/** The package managers that a project can have; the first is the usual one. */
export const packageManagerNames = ["npm", "pnpm", "yarn", "bun"] as const;

export type PackageManagerName = (typeof packageManagerNames)[number];

/** What a package manager is told. */
export interface PackageManagerCommands {
  /** An install that changes no lock file. */
  readonly strictInstall: string;
  /** Runs a script of every service. */
  readonly everywhere: (script: string) => string;
}

/** The commands of each package manager. */
export const packageManagers: Readonly<Record<PackageManagerName, PackageManagerCommands>> = {
  npm: {
    strictInstall: "npm ci",
    everywhere: (script) => `npm run ${script} --workspaces --if-present`,
  },
  pnpm: {
    strictInstall: "pnpm install --frozen-lockfile",
    everywhere: (script) => `pnpm --recursive --if-present run ${script}`,
  },
  yarn: {
    strictInstall: "yarn install --immutable",
    everywhere: (script) => `yarn workspaces foreach --all run ${script}`,
  },
  bun: {
    strictInstall: "bun install --frozen-lockfile",
    everywhere: (script) => `bun run --filter './services/*' --filter './components/*' ${script}`,
  },
};

/** The package manager of a folder, by `packageManager` of its manifest, then by its files; undefined when nothing tells. */
export function detectPackageManager(tree: TargetTree): PackageManagerName | undefined {
  const { packageManager } = readManifest(tree) as { packageManager?: unknown };
  const declared = typeof packageManager === "string" ? packageManager.split("@")[0] : undefined;
  const named = packageManagerNames.find((name) => name === declared);
  if (named !== undefined) return named;
  return packageManagerNames.find((name) => telltales[name].some((path) => tree.kindOf(path) === "file"));
}

/** Whether a text is one version, as `packageManager` of a manifest wants it: `11.19.0`, `4.0.0-rc.1`. */
export function isExactVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(text);
}

/** The manifest of a folder's root; empty where there is none that can be understood. */
export function readManifest(tree: TargetTree): Readonly<Record<string, unknown>> {
  if (tree.kindOf("package.json") !== "file") return {};
  try {
    const text = tree.read("package.json")?.contents ?? "";
    // Package managers take one with a byte-order mark, too.
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof manifest === "object" && manifest !== null ? (manifest as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const telltales: Readonly<Record<PackageManagerName, readonly string[]>> = {
  npm: ["package-lock.json"],
  pnpm: ["pnpm-lock.yaml", "pnpm-workspace.yaml"],
  yarn: ["yarn.lock", ".yarnrc.yml"],
  bun: ["bun.lock", "bun.lockb", "bunfig.toml"],
};
