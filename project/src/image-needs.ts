import { join } from "node:path";
import type { Finding, Framework } from "./description.ts";
import type { Inspection } from "./inspection.ts";
import type { PackageManifest } from "./package-manifest.ts";

/** Packages that need more in an image than their own files. */
const demandingPackages: readonly (readonly [name: string, need: string])[] = [
  [
    "@prisma/client",
    'Prisma needs "prisma generate" in the build, an "output" of its generator outside of node_modules, which production installs anew, and OpenSSL for its engine',
  ],
  ["playwright", "Playwright needs browsers and their libraries"],
  ["playwright-core", "Playwright needs browsers and their libraries"],
  ["puppeteer", "Puppeteer needs a browser and its libraries"],
  ["electron", "Electron is no program for a container"],
];

/** Warns of what an image of this project has to have besides its code and its packages. */
export async function warnAboutImageNeeds(
  inspection: Inspection,
  found: { manifest: PackageManifest | undefined; framework: Finding<Framework> | undefined },
): Promise<void> {
  const { manifest, framework } = found;
  for (const [name, need] of demandingPackages) {
    const dependency = manifest?.dependencies.get(name);
    if (manifest === undefined || dependency === undefined || dependency.kind === "devDependencies") continue;
    const { line } = dependency;
    inspection.warn({
      code: "needs-attention",
      message: `${need} in an image`,
      file: manifest.file,
      line,
      onlyFor: "image",
    });
  }
  if (framework?.value.name === "next") await warnAboutNext(inspection);
}

/** Next copies what a server needs to one folder, when it is told to. */
async function warnAboutNext(inspection: Inspection): Promise<void> {
  const output = await findNextOutput(inspection);
  if (output?.value !== undefined) return;
  const message = 'Next needs output: "standalone" in its configuration for a small image';
  inspection.warn({
    code: "needs-attention",
    message,
    file: output?.file ?? "package.json",
    onlyFor: "image",
  });
}

/** The configuration of Next, and what it says of the form of the output: `standalone`, `export`. */
export async function findNextOutput(
  inspection: Inspection,
): Promise<{ value: string | undefined; file: string; line: number } | undefined> {
  const names = ["next.config.ts", "next.config.mjs", "next.config.js", "next.config.cjs"];
  const file = await inspection.firstFile(names);
  if (file === undefined) return undefined;
  const lines = ((await inspection.readHelpfulText(join(inspection.directory, file))) ?? "").split("\n");
  const index = lines.findIndex((line) => nextOutput.test(line));
  return { value: nextOutput.exec(lines[index] ?? "")?.[1], file, line: index + 1 };
}

// output: "standalone",
const nextOutput = /\boutput\s*:\s*["'](standalone|export)["']/;
