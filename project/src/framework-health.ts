import type { Finding, Framework } from "./description.ts";
import type { Inspection } from "./inspection.ts";
import type { SourceText } from "./source-hints.ts";

/** The path that tells the health where a framework makes it of something else than the path itself. */
export async function healthOfFramework(
  inspection: Inspection,
  { framework, sources }: { framework: Finding<Framework> | undefined; sources: readonly SourceText[] },
): Promise<Finding<string> | undefined> {
  if (framework?.value.name === "next") return healthOfNext(inspection);
  return framework?.value.name === "nest" ? healthOfNest(sources) : undefined;
}

const names: readonly string[] = ["alive", "health", "healthz", "livez"];

/** Next makes paths of files: `app/alive/route.ts`, `src/app/api/health/route.js`, `pages/api/alive.ts`. */
async function healthOfNext(inspection: Inspection): Promise<Finding<string> | undefined> {
  for (const path of [...names, ...names.map((name) => `api/${name}`)]) {
    const routes = ["app", "src/app"].map((folder) => `${folder}/${path}/route`);
    const pages = ["pages", "src/pages"].flatMap((folder) =>
      path.startsWith("api/") ? [`${folder}/${path}`, `${folder}/${path}/index`] : [],
    );
    const stems = [...routes, ...pages];
    const file = await inspection.firstFileAt(stems.flatMap((stem) => [`${stem}.ts`, `${stem}.js`]));
    if (file !== undefined) return { value: `/${path}`, because: "Next makes a path of the file", file };
  }
  return undefined;
}

/** Nest puts paths together: `@Controller("health")` with `@Get()`, or `@Controller()` with `@Get("health")`. */
function healthOfNest(sources: readonly SourceText[]): Finding<string> | undefined {
  const all = sources.map(({ text }) => text).join("\n");
  // A version or an exception to the prefix may be anywhere in the path.
  if (/enableVersioning\(|setGlobalPrefix\([^)]*exclude/.test(all)) return undefined;
  const prefix = /setGlobalPrefix\(\s*["'`]\/?(?<prefix>[\w/-]+?)\/?["'`]/.exec(all)?.groups?.["prefix"];
  if (prefix === undefined && all.includes("setGlobalPrefix(")) return undefined;
  const name = String.raw`["'\`]\/?(?<name>${names.join("|")})["'\`]`;
  for (const { file, text } of sources) {
    const controllers = [...text.matchAll(/@Controller\(\s*(?<path>[^)]*?)\s*\)/g)];
    const [only] = controllers;
    if (only === undefined || controllers.length > 1) continue;
    const isBare = only.groups?.["path"] === "";
    const match = isBare
      ? new RegExp(String.raw`@Get\(\s*${name}\s*\)`).exec(text)
      : /@Get\(\s*\)/.test(text)
        ? new RegExp(String.raw`@Controller\(\s*${name}\s*\)`).exec(text)
        : null;
    if (match?.groups === undefined) continue;
    const line = text.slice(0, match.index).split("\n").length;
    const value = `/${prefix === undefined ? "" : `${prefix}/`}${match.groups["name"] ?? ""}`;
    return { value, because: "Nest makes a path of the decorators", file, line };
  }
  return undefined;
}
