import { join } from "node:path";
import type { Finding, Runtime } from "./description.ts";
import { itemsOf, nodeAt, textAt } from "./json-access.ts";
import type { Inspection } from "./inspection.ts";
import type { PackageManifest } from "./package-manifest.ts";

/** Files that hold one version and nothing else. */
const plainFiles: Readonly<Record<Runtime, readonly string[]>> = {
  node: [".nvmrc", ".node-version"],
  deno: [".dvmrc", ".deno-version"],
  bun: [".bun-version"],
};

/** How version managers call a runtime. */
const toolNames: Readonly<Record<Runtime, readonly string[]>> = {
  node: ["nodejs", "node"],
  deno: ["deno"],
  bun: ["bun"],
};

/** What the files of one folder say about a runtime's version, the most binding first. */
export async function readVersionFiles(
  inspection: Inspection,
  { directory, runtime }: { directory: string; runtime: Runtime },
): Promise<readonly Finding<string>[]> {
  const found: (Finding<string> | undefined)[] = [];
  for (const name of plainFiles[runtime]) found.push(await readPlainFile(inspection, join(directory, name)));
  found.push(await readToolVersions(inspection, { path: join(directory, ".tool-versions"), runtime }));
  for (const name of ["mise.toml", ".mise.toml"]) {
    found.push(await readMise(inspection, { path: join(directory, name), runtime }));
  }
  return found.filter((finding) => finding !== undefined);
}

/** What a manifest says about a runtime's version, the most binding first. */
export function versionsOfManifest(manifest: PackageManifest, runtime: Runtime): readonly Finding<string>[] {
  const { root, file } = manifest;
  const found: Finding<string>[] = [];
  const volta = runtime === "node" ? textAt(root, "volta", "node") : undefined;
  if (volta !== undefined) found.push({ ...volta, because: '"volta" pins it', file });
  const engine = developmentRuntime(manifest, runtime);
  if (engine !== undefined) found.push({ ...engine, because: '"devEngines.runtime" asks for it', file });
  const range = textAt(root, "engines", runtime);
  if (range !== undefined) found.push({ ...range, because: `"engines.${runtime}" asks for it`, file });
  return found;
}

// "devEngines": { "runtime": { "name": "node", "version": ">=22" } }, or a list of such
function developmentRuntime(
  { root }: PackageManifest,
  runtime: Runtime,
): { value: string; line: number } | undefined {
  const field = nodeAt(root, "devEngines", "runtime");
  for (const engine of itemsOf(field) ?? (field === undefined ? [] : [field])) {
    if (textAt(engine, "name")?.value === runtime) return textAt(engine, "version");
  }
  return undefined;
}

// 22.18.0, v22, lts/jod; comments begin with #, and nvm takes settings such as "corepack=true" too
async function readPlainFile(inspection: Inspection, path: string): Promise<Finding<string> | undefined> {
  if (!(await inspection.hasFile(path))) return undefined;
  const lines = ((await inspection.readHelpfulText(path)) ?? "").split(/\r?\n/);
  const file = inspection.show(path);
  const index = lines.findIndex((line) => /^\s*[^\s#=]+\s*(?:#.*)?$/.test(line));
  const value = /^\s*([^\s#]+)/.exec(lines[index] ?? "")?.[1];
  if (value === undefined || value.length > 100) {
    inspection.warn({
      code: "runtime-version-invalid",
      message: "It holds no version; it is ignored",
      file,
      line: 1,
    });
    return undefined;
  }
  return { value, because: "the version file says so", file, line: index + 1 };
}

// nodejs 22.18.0 20.11.0
async function readToolVersions(
  inspection: Inspection,
  { path, runtime }: { path: string; runtime: Runtime },
): Promise<Finding<string> | undefined> {
  if (!(await inspection.hasFile(path))) return undefined;
  const lines = ((await inspection.readHelpfulText(path)) ?? "").split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [tool = "", value] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (value === undefined || !toolNames[runtime].includes(tool)) continue;
    return { value, because: "the version file says so", file: inspection.show(path), line: index + 1 };
  }
  return undefined;
}

// [tools]
// node = "22"        or ["22", "20"], or { version = "22" }
async function readMise(
  inspection: Inspection,
  { path, runtime }: { path: string; runtime: Runtime },
): Promise<Finding<string> | undefined> {
  if (!(await inspection.hasFile(path))) return undefined;
  const text = (await inspection.readHelpfulText(path)) ?? "";
  const file = inspection.show(path);
  const tools = await parseTools(text, { inspection, file });
  for (const name of toolNames[runtime]) {
    const value = versionOfTool(tools[name]);
    if (value === undefined) continue;
    const lines = text.split("\n");
    const index = lines.findIndex((line) => new RegExp(`^\\s*"?(?:tools\\.)?${name}"?\\s*=`).test(line));
    return { value, because: '"tools" says so', file, line: index === -1 ? 1 : index + 1 };
  }
  return undefined;
}

async function parseTools(
  text: string,
  { inspection, file }: { inspection: Inspection; file: string },
): Promise<Readonly<Record<string, unknown>>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    const tools: unknown = parse(text)["tools"];
    return typeof tools === "object" && tools !== null ? (tools as Record<string, unknown>) : {};
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    inspection.warn({ code: "file-ignored", message: `It is ignored: ${reason}`, file, line });
    return {};
  }
}

function versionOfTool(setting: unknown): string | undefined {
  if (typeof setting === "string") return setting;
  if (Array.isArray(setting)) return versionOfTool(setting[0]);
  if (typeof setting !== "object" || setting === null) return undefined;
  const { version } = setting as { version?: unknown };
  return typeof version === "string" ? version : undefined;
}
