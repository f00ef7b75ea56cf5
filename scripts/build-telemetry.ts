// Builds the preload of `@dext/service`: CommonJS without dependencies, for `--require` and `--import`. A small file that
// looks at the program, and a large one that it loads where there is something to do.
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./packages.ts";

const service = join(root, "service");
const source = join(service, "src", "telemetry", "preload");
const target = join(service, "dist", "telemetry.cjs");
// The bundler belongs to the package that is bundled.
const { rolldown } = (await import(
  pathToFileURL(createRequire(join(service, "package.json")).resolve("rolldown")).href
)) as typeof import("rolldown");

if (!(await isUpToDate())) {
  const notice =
    "/*! @dext/service, Apache-2.0. Contains @opentelemetry packages, © The OpenTelemetry Authors, Apache-2.0. */";
  await mkdir(join(service, "dist"), { recursive: true });
  await writeFile(
    join(service, "dist", "telemetry-body.cjs"),
    `${notice}\n${await bundle("main.ts", { minify: true })}\n`,
  );
  // A file of its own: to read the large one would cost every program, whether it is watched or not.
  const load = 'if (exports.isWanted) require("./telemetry-body.cjs");';
  await writeFile(target.replace(/\.cjs$/, ".d.cts"), "export {};\n");
  await writeFile(target, `${await bundle("gate.ts", { minify: false })}\n${load}\n`);
}

async function bundle(entry: string, { minify }: { minify: boolean }): Promise<string> {
  const build = await rolldown({ input: join(source, entry), platform: "node", cwd: service });
  const { output } = await build.generate({
    format: "cjs",
    minify,
    comments: false,
    codeSplitting: false,
  });
  await build.close();
  return output[0].code.trim();
}

/** Whether the bundle is younger than everything it is made from. */
async function isUpToDate(): Promise<boolean> {
  const built = await modified(target);
  const sources = (await readdir(source)).map((name) => join(source, name));
  const others = [
    join(service, "package.json"),
    join(service, "src", "redact-url.ts"),
    join(root, "package-lock.json"),
    join(root, "core", "dist", ".tsbuildinfo"),
    import.meta.filename,
  ];
  const times = await Promise.all([...sources, ...others].map(modified));
  return times.every((time) => time < built);
}

async function modified(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
