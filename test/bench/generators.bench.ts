import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { commit, defineGenerator, plan } from "@dext/generators";
import nodePlop from "node-plop";
import { root } from "../../scripts/packages.ts";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const files = Array.from({ length: 1000 }, (_, index) => `src/${index % 20}/file-${index}.ts`);
const rounds = 5;

export async function bench(): Promise<BenchRow[]> {
  return [...(await benchThousandFiles()), ...(await inFolder(benchNewService))];
}

/** A service in a repository that is there, from the command line to its end; beside a Node that does nothing. */
async function benchNewService(folder: string): Promise<BenchRow[]> {
  const dext = (...args: string[]): Promise<number> =>
    timed([join(root, "cli/bin/dext.js"), ...args], folder);
  await writeFile(join(folder, "package.json"), '{ "name": "shop", "type": "module" }\n');
  await writeFile(
    join(folder, "apphost.ts"),
    'import { createBuilder } from "@dext/hosting";\n\nconst host = createBuilder();\n\nawait host.run();\n',
  );
  const services: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    services.push(await dext("new", "service", `service-${round}`, "--no-install"));
    bare.push(await timed(["-e", "0"], folder));
  }
  return [
    told("node -e 0", { value: median(bare), unit: "ms" }),
    atMost("dext new service, over node -e 0", {
      value: median(services) - median(bare),
      bar: 250,
      unit: "ms",
    }),
  ];
}

async function timed(args: readonly string[], cwd: string): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, args, { cwd });
  return performance.now() - startedAt;
}

/** A thousand files of one template: planned, committed and recorded for undo, and by plop's `add`, one after another. */
async function benchThousandFiles(): Promise<BenchRow[]> {
  const ours: number[] = [];
  const plop: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await inFolder(measureOurs));
    plop.push(await inFolder(measurePlop));
  }
  return [
    told("plop add, 1,000 files", { value: median(plop), unit: "ms" }),
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

async function inFolder<Result>(measure: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "dext-bench-"));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
