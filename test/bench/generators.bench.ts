import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { commit, defineGenerator, plan } from "@dext/generators";
import nodePlop from "node-plop";
import { root } from "../../scripts/packages.ts";
import { hygenRun, prepareHygen, preparePlop, readSource } from "./generators/peers.ts";
import type { PeerSource } from "./generators/peers.ts";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const files = Array.from({ length: 1000 }, (_, index) => `src/${index % 20}/file-${index}.ts`);
const rounds = 5;

export async function bench(): Promise<BenchRow[]> {
  return [...(await benchThousandFiles()), ...(await inFolder(benchNewService))];
}

/**
 * A service in a repository that is there, from the command line to its end; beside a Node that does nothing, and other
 * tools that make the same files.
 */
async function benchNewService(folder: string): Promise<BenchRow[]> {
  await writeFile(join(folder, "package.json"), '{ "name": "shop", "type": "module" }\n');
  await writeFile(
    join(folder, "apphost.ts"),
    'import { createBuilder } from "@dext/hosting";\n\nconst host = createBuilder();\n\nawait host.run();\n',
  );
  await timed(newService("first"), folder);
  const source = await readSource(join(folder, "services/first"), "first");
  // Not beside the AppHost: Dext would take the plopfile's generator for one of the repository's own.
  const peers = join(folder, "peers");
  const plop = await preparePlop(peers, source);
  const hygen = await prepareHygen(peers, source);
  const times = { dext: [] as number[], plop: [] as number[], hygen: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.dext.push(await timed(newService(`service-${round}`), folder));
    times.plop.push(await timed(plop.command(`service-${round}`), peers));
    times.hygen.push(await timed(hygen.command(`service-${round}`), peers));
    times.bare.push(await timed(["-e", "0"], folder));
  }
  for (const made of ["plop-made", "hygen-made"]) await checkSame(join(peers, made), source);
  const bare = median(times.bare);
  const over = (values: readonly number[]): number => median(values) - bare;
  return [
    told("node -e 0", { value: bare, unit: "ms" }),
    atMost("dext new service, over node -e 0", { value: over(times.dext), bar: 250, unit: "ms" }),
    told("plop, the same files, over node -e 0", { value: over(times.plop), unit: "ms" }),
    told("hygen, the same files, over node -e 0", { value: over(times.hygen), unit: "ms" }),
    atLeast("dext new service as fast as plop", {
      value: median(times.plop) / median(times.dext),
      bar: 1,
      unit: "×",
    }),
  ];
}

function newService(name: string): string[] {
  return [join(root, "cli/bin/dext.js"), "new", "service", name, "--no-install"];
}

/** A peer that made nothing, or something else, would be quick. */
async function checkSame(made: string, { files: wantedFiles, name }: PeerSource): Promise<void> {
  const folder = join(made, "service-0");
  const { files: found } = await readSource(folder, "service-0");
  for (const [path, text] of wantedFiles) {
    const wanted = text.replaceAll(name, "service-0").trim();
    if (found.get(path)?.trim() !== wanted) throw new Error(`"${join(folder, path)}" is not what Dext makes`);
  }
}

async function timed(args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, args, { cwd });
  return performance.now() - startedAt;
}

/** A thousand files of one template: planned, committed and recorded for undo; by plop's `add`; by hygen. One after another. */
async function benchThousandFiles(): Promise<BenchRow[]> {
  const ours: number[] = [];
  const plop: number[] = [];
  const hygen: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await inFolder(measureOurs));
    plop.push(await inFolder(measurePlop));
    hygen.push(await inFolder(measureHygen));
  }
  return [
    told("plop add, 1,000 files", { value: median(plop), unit: "ms" }),
    told("hygen, 1,000 files", { value: median(hygen), unit: "ms" }),
    told("plan and commit, 1,000 files", { value: median(ours), unit: "ms" }),
    atLeast("as fast as plop", { value: median(plop) / median(ours), bar: 3, unit: "×" }),
  ];
}

async function measureOurs(folder: string): Promise<number> {
  const line = "export const name = <%= js(name) %>;\nexport const index = <%= index %>;\n";
  await mkdir(join(folder, "templates"));
  await writeFile(join(folder, "templates/file.ts.ejs"), line.repeat(10));
  const generator = defineGenerator({
    name: "many",
    description: "",
    prompts: [{ name: "name", type: "text", message: "" }],
    actions: files.map((path, index) => ({ type: "add", path, template: "file.ts.ejs", data: { index } })),
  });
  const startedAt = performance.now();
  await commit(await plan(generator, { name: "x" }, { target: folder }));
  return performance.now() - startedAt;
}

async function measurePlop(folder: string): Promise<number> {
  const line = 'export const name = "{{name}}";\nexport const index = {{index}};\n';
  await writeFile(join(folder, "file.ts.hbs"), line.repeat(10));
  const plop = await nodePlop("", { destBasePath: folder, force: false });
  plop.setPlopfilePath(folder);
  const generator = plop.setGenerator("many", {
    prompts: [],
    actions: files.map((path, index) => ({
      type: "add",
      path,
      templateFile: "file.ts.hbs",
      data: { index },
    })),
  });
  const startedAt = performance.now();
  const { failures } = await generator.runActions({ name: "x" });
  if (failures.length > 0) throw new Error(`plop failed: ${failures[0]?.error ?? ""}`);
  return performance.now() - startedAt;
}

async function measureHygen(folder: string): Promise<number> {
  const line = "export const name = <%- JSON.stringify(name) %>;\nexport const index = {{index}};\n";
  const run = await hygenRun(folder, { paths: files, template: line.repeat(10) });
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

async function inFolder<Result>(measure: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "dext-bench-"));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
