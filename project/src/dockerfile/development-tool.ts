import type { ImageProject } from "./image-project.ts";

/** A program that the image does not have, or must not be started by. */
export interface DevelopmentTool {
  /** The package that brings it. */
  readonly package: string;
  /** Where it is declared, relative to the project's folder. */
  readonly file: string;
  readonly line: number;
}

/** Programs whose package has another name. */
const packageNames: Readonly<Record<string, string>> = {
  nest: "@nestjs/cli",
  ng: "@angular/cli",
  "react-router-serve": "@react-router/serve",
  "remix-serve": "@remix-run/serve",
  "ts-node-esm": "ts-node",
  tsnd: "ts-node-dev",
  webpack: "webpack-cli",
};

/** Programs that build before they start anything, wherever they are declared. */
const builders: ReadonlySet<string> = new Set(["nest", "ng", "nx", "turbo", "lerna"]);

/** The package of a program that is for developing only; nothing where production has the program, or nobody declares it. */
export function developmentTool(
  program: string,
  { self, rootManifest }: ImageProject,
): DevelopmentTool | undefined {
  const name = packageNames[program] ?? program;
  for (const manifest of [self.manifest, rootManifest]) {
    const dependency = manifest?.dependencies.get(name);
    if (manifest === undefined || dependency === undefined) continue;
    const isForDeveloping = dependency.kind === "devDependencies" || builders.has(program);
    return isForDeveloping ? { package: name, file: manifest.file, line: dependency.line } : undefined;
  }
  return undefined;
}
