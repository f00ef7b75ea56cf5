import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { root } from "../../scripts/packages.ts";
import { docker as dockerEngine, useDockerEngine } from "../fixtures/docker-engine.ts";
import { makeSlimImage } from "./dockerfiles/base-image.ts";
import { dockerAt } from "./dockerfiles/docker-command.ts";
import { dockerfileGenerators } from "./dockerfiles/generators.ts";
import { comparedSamples } from "./dockerfiles/samples.ts";
import { tryOut } from "./dockerfiles/try-out.ts";
import { atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const rounds = 5;

export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "dext-bench-"));
  try {
    return [...(await benchWorkspace(folder)), ...(await benchImage(folder))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The command as a whole, in a service whose workspace has 50 packages that need each other in a chain. */
async function benchWorkspace(folder: string): Promise<BenchRow[]> {
  const repository = join(folder, "workspace");
  await writeWorkspace(repository, 50);
  const command = [join(root, "cli/bin/dext.js"), "dockerfile", "packages/package-0", "--dry-run"];
  const times: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await timed(command, repository));
    bare.push(await timed(["-e", "0"], repository));
  }
  return [
    told("node -e 0", { value: median(bare), unit: "ms" }),
    atMost("dext dockerfile, workspace of 50 packages", { value: median(times), bar: 500, unit: "ms" }),
  ];
}

/** The sample API with hono and zod, built by the engine, where there is one. */
async function benchImage(folder: string): Promise<BenchRow[]> {
  const [sample] = comparedSamples;
  if (!dockerEngine.available || sample === undefined) return [];
  const engine = await useDockerEngine();
  try {
    const docker = dockerAt(engine.socketPath);
    await makeSlimImage(docker);
    const sizes = new Map<string, number>();
    for (const [name, writeDockerfile] of Object.entries(dockerfileGenerators)) {
      const { sizeMiB, starts } = await tryOut(sample, {
        write: writeDockerfile,
        docker,
        folder,
      });
      if (sizeMiB === undefined) throw new Error(`${name}: ${starts}`);
      sizes.set(name, sizeMiB * 2 ** 20);
    }
    const [ours = NaN, theirs = NaN] = sizes.values();
    return [
      atMost("image over its base, API with hono and zod", { value: ours / 1e6, bar: 15, unit: "MB" }),
      atMost("the same, over that of @flydotio/dockerfile", {
        value: (ours - theirs) / 1000,
        bar: 0,
        unit: "kB",
      }),
    ];
  } finally {
    await engine.release();
  }
}

async function writeWorkspace(repository: string, count: number): Promise<void> {
  const packages: Record<string, object> = {};
  for (let at = 0; at < count; at += 1) {
    const next = at + 1 < count ? { [`@shop/package-${at + 1}`]: "1.0.0" } : {};
    const manifest = {
      name: `@shop/package-${at}`,
      version: "1.0.0",
      type: "module",
      dependencies: next,
      ...(at === 0 ? { scripts: { start: "node main.js" } } : {}),
    };
    const path = `packages/package-${at}`;
    await write(join(repository, path, "package.json"), JSON.stringify(manifest));
    await write(
      join(repository, path, at === 0 ? "main.js" : "index.js"),
      "console.log(process.env.PORT);\n",
    );
    packages[path] = manifest;
    packages[`node_modules/@shop/package-${at}`] = { resolved: path, link: true };
  }
  const manifest = { name: "shop", private: true, workspaces: ["packages/*"] };
  await write(join(repository, "package.json"), JSON.stringify(manifest));
  const lock = { name: "shop", lockfileVersion: 3, requires: true, packages: { "": manifest, ...packages } };
  await write(join(repository, "package-lock.json"), JSON.stringify(lock));
  await write(join(repository, ".nvmrc"), "24\n");
  await mkdir(join(repository, ".git"));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function timed(args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, [...args], { cwd });
  return performance.now() - startedAt;
}
