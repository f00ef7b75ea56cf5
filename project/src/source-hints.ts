import { join } from "node:path";
import type { Finding, Framework, FrameworkName, Origin } from "./description.ts";
import { healthOfFramework } from "./framework-health.ts";
import type { Inspection } from "./inspection.ts";
import type { PackageManifest } from "./package-manifest.ts";
import { runScriptNames } from "./scripts.ts";
import type { ProjectScripts } from "./scripts.ts";
import { importedFile, importsOf } from "./source-imports.ts";

/** A port and a health path are looked for in the entry point and this many files that it imports. */
const mostSources = 20;

/** What the port and the health path are found from. */
export interface HintEvidence {
  readonly entryPoint: Finding<string> | undefined;
  readonly scripts: ProjectScripts;
  readonly manifest: PackageManifest | undefined;
  readonly framework: Finding<Framework> | undefined;
}

/** The port that a project listens on by itself, and the path that tells its health. */
export interface SourceHints {
  readonly port: Finding<number> | undefined;
  readonly healthPath: Finding<string> | undefined;
}

/** The port that a framework takes by itself in development. */
const frameworkPorts: Readonly<Partial<Record<FrameworkName, number>>> = {
  angular: 4200,
  astro: 4321,
  fresh: 8000,
  gatsby: 8000,
  next: 3000,
  nitro: 3000,
  nuxt: 3000,
  "react-router": 5173,
  remix: 5173,
  "solid-start": 3000,
  sveltekit: 5173,
  "tanstack-start": 3000,
  vite: 5173,
};

// process.env.PORT ?? 3000    Number(process.env["PORT"] || "3000")    Deno.env.get("PORT") ?? "8000"
const portPatterns: readonly RegExp[] = [
  /\bPORT\b["'\])]*\s*(?:\?\?|\|\|)\s*["']?(?<port>\d{2,5})\b/,
  /\.listen\(\s*\{?\s*(?:port\s*:\s*)?(?<port>\d{2,5})\b/,
  /\bport\s*:\s*(?<port>\d{2,5})\b/,
];

// app.get("/health", …)    if (url.pathname === "/healthz")
const healthPattern =
  /["'`](?<path>\/(?:api\/)?(?:alive|healthz?|health\/live|livez|liveness|readyz|_health|status))["'`]/;

/** Looks for a port and a health path in scripts, the environment file, the code and the framework. */
export async function findSourceHints(inspection: Inspection, evidence: HintEvidence): Promise<SourceHints> {
  const sources = await readSources(inspection, evidence.entryPoint);
  const service = servedByDext(sources, evidence.manifest);
  return {
    port:
      portOfScripts(evidence.scripts) ??
      (await portOfEnvironmentFile(inspection)) ??
      portOfSources(sources) ??
      portOfFramework(evidence.framework) ??
      (service && {
        ...service,
        value: 8080,
        because: '"@dext/service" listens there when nobody gives it a port',
      }),
    healthPath:
      healthOfSources(sources) ??
      (await healthOfFramework(inspection, { framework: evidence.framework, sources })) ??
      (service && { ...service, value: "/alive", because: '"@dext/service" answers there' }),
  };
}

/** A source file that was read. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** The entry point and the files that it imports by path, the nearest first. */
async function readSources(
  inspection: Inspection,
  entryPoint: Finding<string> | undefined,
): Promise<readonly SourceText[]> {
  if (entryPoint === undefined) return [];
  const sources: SourceText[] = [];
  const waiting = [entryPoint.value];
  const seen = new Set(waiting);
  for (
    let file = waiting.shift();
    file !== undefined && sources.length < mostSources;
    file = waiting.shift()
  ) {
    const text = (await inspection.readHelpfulText(join(inspection.directory, file))) ?? "";
    sources.push({ file, text });
    for (const { specifier } of importsOf(text, file)) {
      const imported = await importedFile(inspection, { specifier, from: file });
      if (imported === undefined || seen.has(imported)) continue;
      seen.add(imported);
      waiting.push(imported);
    }
  }
  return sources;
}

// PORT=3000 node server.js    next dev -p 3000    deno serve --port=8000 main.ts
function portOfScripts(scripts: ProjectScripts): Finding<number> | undefined {
  for (const name of runScriptNames) {
    const script = scripts.get(name);
    const match = /(?:^|\s)(?:PORT=|--port[ =]|-p )["']?(?<port>\d{2,5})\b/.exec(script?.command ?? "");
    const value = portNumber(match);
    if (script === undefined || value === undefined) continue;
    return { value, because: `script "${name}" gives it`, file: script.file, line: script.line };
  }
  return undefined;
}

async function portOfEnvironmentFile(inspection: Inspection): Promise<Finding<number> | undefined> {
  const text = await inspection.readHelpfulText(join(inspection.directory, ".env"));
  return findInLines({ file: ".env", text: text ?? "" }, (line) => {
    return portNumber(/^\s*(?:export\s+)?PORT\s*=\s*["']?(?<port>\d{2,5})\b/.exec(line));
  })?.withReason('"PORT" is set');
}

function portOfSources(sources: readonly SourceText[]): Finding<number> | undefined {
  for (const pattern of portPatterns) {
    for (const source of sources) {
      const found = findInLines(source, (line) => portNumber(pattern.exec(line)));
      if (found !== undefined) return found.withReason("the code falls back to it");
    }
  }
  return undefined;
}

function portOfFramework(framework: Finding<Framework> | undefined): Finding<number> | undefined {
  const value = framework && frameworkPorts[framework.value.name];
  if (framework === undefined || value === undefined) return undefined;
  return { ...framework, value, because: `${framework.value.name} takes it by itself` };
}

function healthOfSources(sources: readonly SourceText[]): Finding<string> | undefined {
  for (const source of sources) {
    const found = findInLines(source, (line) => healthPattern.exec(line)?.groups?.["path"]);
    if (found !== undefined) return found.withReason("the code has such a path");
  }
  return undefined;
}

/** Where the dependency stands whose `createService` the code calls; jobs use other parts of it, and serve nothing. */
function servedByDext(
  sources: readonly SourceText[],
  manifest: PackageManifest | undefined,
): Origin | undefined {
  const dependency = manifest?.dependencies.get("@dext/service");
  const isCalled = sources.some(({ text }) => /\bcreateService\s*\(/.test(text));
  return manifest === undefined || dependency === undefined || !isCalled
    ? undefined
    : { file: manifest.file, line: dependency.line };
}

function findInLines<T>(
  { file, text }: SourceText,
  read: (line: string) => T | undefined,
): { withReason: (because: string) => Finding<T> } | undefined {
  for (const [index, line] of text.split("\n").entries()) {
    // A line this long is generated.
    const value = line.length > 2000 ? undefined : read(line);
    if (value !== undefined) return { withReason: (because) => ({ value, because, file, line: index + 1 }) };
  }
  return undefined;
}

function portNumber(match: RegExpExecArray | null): number | undefined {
  const port = Number(match?.groups?.["port"]);
  return port > 0 && port <= 65_535 ? port : undefined;
}
