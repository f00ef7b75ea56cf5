import { readdir, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicPackages } from "../../scripts/packages.ts";

/** Which of our packages each package may import. `dext` is the command line; nothing imports it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "@dext/core": [],
  "@dext/protocol": [],
  "@dext/providers": ["@dext/core"],
  "@dext/resilience": ["@dext/core"],
  "@dext/service": ["@dext/core", "@dext/resilience"],
  "@dext/components": ["@dext/core", "@dext/resilience", "@dext/service"],
  "@dext/serverless": ["@dext/core", "@dext/service"],
  "@dext/templates": [],
  "@dext/project": ["@dext/core", "@dext/templates"],
  "@dext/hosting": ["@dext/core", "@dext/protocol", "@dext/project", "@dext/providers"],
  "@dext/dashboard": ["@dext/core", "@dext/protocol"],
  "@dext/generators": ["@dext/core", "@dext/templates", "@dext/project"],
  dext: [
    "@dext/core",
    "@dext/protocol",
    "@dext/project",
    "@dext/hosting",
    "@dext/dashboard",
    "@dext/generators",
    "@dext/providers",
  ],
};

/** Packages of which only the path of a file is needed, never a module. */
const onlyLocated: Readonly<Record<string, readonly string[]>> = { "@dext/hosting": ["@dext/service"] };

/** Folders of which a build makes one file, with all that they import: that may be a development dependency. */
const bundled: Readonly<Record<string, string>> = { "@dext/service": "telemetry/preload/" };

const packages = await publicPackages();

describe.each(packages)("$name", ({ name, directory, manifest }) => {
  it("imports only the packages that its layer may", async () => {
    const allowed = mayImport[name];
    expect(allowed, `${name} has no layer`).toBeDefined();
    const ours = (await importsOf(directory)).filter(
      ({ specifier }) => isOurs(specifier) && packageOf(specifier) !== name,
    );
    const wrong = ours.filter(({ specifier }) => !allowed?.includes(packageOf(specifier)));
    expect(wrong).toEqual([]);
  });

  it("declares what it imports, and imports what it declares", async () => {
    const declared = new Set(
      ["dependencies", "peerDependencies"].flatMap((field) =>
        Object.keys((manifest[field] as object | undefined) ?? {}),
      ),
    );
    const imported = new Set(
      (await importsOf(directory))
        .filter(
          ({ file, specifier }) => !isBuiltin(specifier) && !isBundled(name, { file, specifier, manifest }),
        )
        .map(({ specifier }) => specifier)
        .map(packageOf)
        .filter((each) => each !== name),
    );
    const required = new Set(Object.keys((manifest["dependencies"] as object | undefined) ?? {}));
    expect([...imported].filter((each) => !declared.has(each))).toEqual([]);
    const located = onlyLocated[name] ?? [];
    expect(located.filter((each) => !required.has(each) || imported.has(each))).toEqual([]);
    expect([...required].filter((each) => !imported.has(each) && !located.includes(each))).toEqual([]);
  });

  it("has no folder or file without a subject", async () => {
    const paths = await readdir(join(directory, "src"), { recursive: true });
    expect(paths.filter((path) => /(^|\/)(utils?|helpers?|common|shared|misc)(\.ts)?$/.test(path))).toEqual(
      [],
    );
  });
});

async function importsOf(directory: string): Promise<{ file: string; specifier: string }[]> {
  const source = join(directory, "src");
  const files = (await readdir(source, { recursive: true })).filter((path) => /\.tsx?$/.test(path));
  const found = await Promise.all(
    files.map(async (file) => {
      const text = (await readFile(join(source, file), "utf8")).replace(/^\s*\*.*$/gm, "");
      const specifiers = [
        ...text.matchAll(
          /(?:^|\s)(?:import|export)[\s{*][^"';]*?from\s*"([^"]+)"|(?:^|[\s(])import\(\s*"([^"]+)"/g,
        ),
      ];
      return specifiers.map((match) => ({ file, specifier: match[1] ?? match[2] ?? "" }));
    }),
  );
  return found.flat().filter(({ specifier }) => !specifier.startsWith("."));
}

function isBundled(
  name: string,
  { file, specifier, manifest }: { file: string; specifier: string; manifest: Record<string, unknown> },
): boolean {
  const folder = bundled[name];
  const development = (manifest["devDependencies"] as object | undefined) ?? {};
  return folder !== undefined && file.startsWith(folder) && packageOf(specifier) in development;
}

function isOurs(specifier: string): boolean {
  return specifier.startsWith("@dext/") || specifier === "dext";
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(specifier);
}

/** `@dext/hosting/control` → `@dext/hosting`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
