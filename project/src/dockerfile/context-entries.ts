/** What a folder holds, by what an image needs it for. All names are of the folder's top level. */
export interface ContextEntries {
  /** Folders that code may be in, or files that it reads. */
  readonly folders: readonly string[];
  /** Files that may be needed when it runs. */
  readonly files: readonly string[];
  /** Files and folders that only the build needs: `tsconfig.json`, `vite.config.ts`. */
  readonly buildFiles: readonly string[];
}

/** Folders that are made, installed or for people only. */
const leftOutFolders: ReadonlySet<string> = new Set(
  [
    ["node_modules", "dist", "build", "out", "_fresh", "coverage", "tmp", "temp", "logs"],
    ["test", "tests", "__tests__", "e2e", "cypress", "fixtures", "bench", "benchmarks"],
    ["doc", "docs", "example", "examples", "storybook-static"],
    ["secrets", "secret", "certs", "certificates", "keys", "private"],
    ["k8s", "kubernetes", "helm", "charts", "terraform", "infra", "deploy", "deployment"],
  ].flat(),
);

/** Files that may hold what no image may hold. */
const secretNames =
  /^\.env|\.(?:pem|key|p12|pfx|jks|keystore|kdbx)$|^id_(?:rsa|ed25519)|secrets?\.|credentials|service[-_]?account/i;

const sourceNames = /\.(?:[cm]?[jt]sx?|json|wasm|html|css|graphql|gql|proto|sql|ejs|hbs|pug|txt|csv|xml)$/i;
const buildNames =
  /^tsconfig.*\.json$|\.config\.(?:[cm]?[jt]s|json)$|^(?:\.swcrc|\.babelrc(?:\.json)?|\.browserslistrc|babel\.config\.json|nest-cli\.json|angular\.json|turbo\.json|nx\.json|rollup\..*|webpack\..*)$|\.(?:vue|svelte|astro)$/;
/** Configuration of what is used while developing. */
const toolNames =
  /^(?:vitest|jest|playwright|cypress|eslint|prettier|oxlint|oxfmt|stylelint|commitlint|lint-staged|knip|renovate|release|dext|apphost|drizzle)\b.*|\.(?:test|spec|bench)\.\w+$|^(?:compose|docker-compose).*|^(?:package|package-lock|npm-shrinkwrap|deno|jsr|bun|pnpm-lock|biome|lerna|renovate|cspell)\.jsonc?$|^(?:plopfile|gulpfile)\..*/i;

/**
 * Sorts the top level of a folder; `outputs` are made by the build, `nested` are packages of their own, `kept` folders
 * count as sources whatever they are called.
 */
export function sortFolder(
  listing: ReadonlyMap<string, "file" | "directory" | "other">,
  {
    outputs = [],
    nested = [],
    kept = [],
  }: { outputs?: readonly string[]; nested?: readonly string[]; kept?: readonly string[] },
): ContextEntries {
  const folders: string[] = [];
  const files: string[] = [];
  const buildFiles: string[] = [];
  const made = new Set([...outputs, ...nested]);
  for (const [name, kind] of [...listing].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (made.has(name) || isSecretName(name) || !isListable(name)) continue;
    if (kind === "directory") {
      const isLeftOut = leftOutFolders.has(name) && !kept.includes(name);
      if (!name.startsWith(".") && !isLeftOut) folders.push(name);
    } else if (buildNames.test(name) && !toolNames.test(name)) buildFiles.push(name);
    else if (!name.startsWith(".") && sourceNames.test(name) && !toolNames.test(name)) files.push(name);
  }
  return { folders, files, buildFiles };
}

/** Patterns that no image may have, wherever they lie. */
export const neverInImages: readonly string[] = [
  "**/node_modules",
  "**/.git",
  "**/.env",
  "**/.env.*",
  "**/*.pem",
  "**/*.key",
  "**/*.p12",
  "**/*.pfx",
  "**/*.jks",
  "**/*.keystore",
  "**/*.kdbx",
  "**/id_rsa",
  "**/id_ed25519",
  "**/*.test.*",
  "**/*.spec.*",
  "**/*_test.*",
  "**/__tests__",
  "**/*.tsbuildinfo",
];

/** Whether a file or folder may hold what no image may hold, by its name. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name);
}

/** A name with a meaning in a `.dockerignore` cannot be listed there. */
export function isListable(name: string): boolean {
  return /^[^*?[\]\\!#\s][^*?[\]\\\n\r]*$/.test(name);
}
