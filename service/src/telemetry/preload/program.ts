// Loaded into every program that inherits the preload: modules of the runtime are asked for where they are needed.

/** What is known of the program that is about to run. */
export interface RunningProgram {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `process.argv`: the second one is the script. */
  readonly argv: readonly string[];
  /** `process.execArgv`. */
  readonly execArgv: readonly string[];
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** Asked last: most programs never get as far. */
  isMainThread(): boolean;
}

/** They are started again and again around a program, and inherit its `NODE_OPTIONS`. */
const packageManagers = /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(?:-cli|-[\d.]+)?$/;
/** Packages whose commands build, check or start programs and are none themselves. */
const tools = new Set(
  [
    "npm pnpm yarn corepack typescript tsc tsgo @typescript/native-preview tsx ts-node-dev",
    "nodemon node-gyp node-pre-gyp prebuild-install husky concurrently npm-run-all npm-run-all2",
    "turbo nx lerna wireit dext eslint prettier oxlint oxfmt esbuild rollup rolldown tsup",
    "tsdown webpack vitest jest lint-staged cross-env dotenv-cli env-cmd @dotenvx/dotenvx",
  ].flatMap((line) => line.split(" ")),
);
/** Whoever depends on one of these has a telemetry of its own. */
const otherTelemetry =
  /^(?:@opentelemetry\/(?:sdk-node|sdk-trace(?:-base|-node)?|auto-instrumentations-node)|dd-trace|newrelic|elastic-apm-node|applicationinsights|@azure\/monitor-opentelemetry|@sentry\/node|@vercel\/otel|@honeycombio\/opentelemetry-node)$/;

/** Whether an address or an exporter is set, for a runtime that we know, in a program that is worth it. */
export function wantsTelemetry(program: RunningProgram): boolean {
  return (
    isConfigured(program.environment) &&
    isSupportedRuntime(program) &&
    !isTool(program.argv[1]) &&
    !isWatcher(program) &&
    program.isMainThread() &&
    !hasOtherTelemetry(program.argv[1])
  );
}

/** The nearest `package.json` above a script. */
export function nearestManifest(script: string | undefined): Record<string, unknown> | undefined {
  const { existsSync } = process.getBuiltinModule("node:fs");
  const { dirname, join, resolve } = process.getBuiltinModule("node:path");
  const start = script === undefined ? process.cwd() : dirname(resolve(script));
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) return readJson(path);
    if (folder === dirname(folder)) return undefined;
  }
}

function isConfigured(environment: RunningProgram["environment"]): boolean {
  if (environment["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return false;
  return Object.entries(environment).some(
    ([name, value]) =>
      (/^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?ENDPOINT$/.test(name) && value !== "") ||
      (/^OTEL_(?:TRACES|METRICS|LOGS)_EXPORTER$/.test(name) && value?.includes("console") === true),
  );
}

/** Deno counts only where it exports by itself: we add to it what it does not see. */
function isSupportedRuntime({ versions, environment }: RunningProgram): boolean {
  if (versions["bun"] !== undefined) return false;
  if (versions["deno"] !== undefined) return /^(?:true|1)$/.test(environment["OTEL_DENO"] ?? "");
  const [major = 0, minor = 0] = (versions["node"] ?? "0").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 15);
}

/** `/usr/lib/node_modules/npm/bin/npm-cli.js`, `node_modules/.bin/tsc`, `.yarn/releases/yarn-4.9.1.cjs` … */
function isTool(script: string | undefined): boolean {
  if (script === undefined) return false;
  const segments = script.split(/[/\\]/);
  const command = (segments.at(-1) ?? "").replace(/\.[cm]?js$/, "");
  if (packageManagers.test(command)) return true;
  const folder = segments.lastIndexOf("node_modules");
  if (folder === -1) return false;
  const [first = "", second = ""] = segments.slice(folder + 1);
  if (first === ".bin") return tools.has(command);
  return tools.has(first.startsWith("@") ? `${first}/${second}` : first);
}

/** `node --watch` is two processes: one that watches, and one that it starts, which is told to report to it. */
function isWatcher({ execArgv, environment }: RunningProgram): boolean {
  return (
    environment["WATCH_REPORT_DEPENDENCIES"] === undefined &&
    execArgv.some((option) => /^--watch(?:-path)?(?:=|$)/.test(option))
  );
}

function hasOtherTelemetry(script: string | undefined): boolean {
  const manifest = nearestManifest(script);
  return ["dependencies", "optionalDependencies"].some((field) =>
    Object.keys((manifest?.[field] as object | undefined) ?? {}).some((name) => otherTelemetry.test(name)),
  );
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
