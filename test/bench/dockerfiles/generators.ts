import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "../../../scripts/packages.ts";
import { slimImage } from "./base-image.ts";
import type { ComparedSample } from "./samples.ts";

const run = promisify(execFile);

/** What is needed to build what a generator has written. */
export interface BuildInput {
  readonly dockerfile: string;
  readonly context: string;
  readonly args: readonly string[];
}

/** Writes a Dockerfile into a repository. */
export type Write = (repository: string, sample: ComparedSample) => Promise<BuildInput>;

/** The generators that are compared, each as one would call it on a project. */
export const dockerfileGenerators: Readonly<Record<string, Write>> = {
  Dext: async (repository, { folder }) => {
    const cwd = join(repository, folder);
    await run(process.execPath, [join(root, "cli/bin/dext.js"), "dockerfile"], { cwd });
    const args = ["--build-arg", `BASE_IMAGE=${slimImage}`, "--build-arg", `BUILD_IMAGE=${slimImage}`];
    return { dockerfile: join(cwd, "Dockerfile"), context: repository, args };
  },
  "@flydotio/dockerfile": async (repository, { folder }) => {
    const cwd = join(repository, folder);
    const program = fileURLToPath(import.meta.resolve("@flydotio/dockerfile"));
    await run(process.execPath, [program, "--force"], { cwd });
    const dockerfile = join(cwd, "Dockerfile");
    const text = await readFile(dockerfile, "utf8");
    // The frontend that it names would be pulled; the engine has one of its own.
    await writeFile(dockerfile, text.replace(/^# syntax.*\n/, ""));
    // What it asks for is the latest pnpm, not the one of the project.
    const versions = { NODE_VERSION: process.versions.node, PNPM_VERSION: "10.20.0" };
    const args = Object.entries(versions)
      .filter(([name]) => text.includes(`ARG ${name}=`))
      .flatMap(([name, version]) => ["--build-arg", `${name}=${version}`]);
    return { dockerfile, context: cwd, args };
  },
};
