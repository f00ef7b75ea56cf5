import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

/** A generator of another tool that makes the same files as one of ours. */
export interface PeerGenerator {
  /** The program and the arguments that make them for a name. */
  readonly command: (name: string) => readonly string[];
}

/** Files by their paths; `name` stands for what the generator is asked for. */
export interface PeerSource {
  readonly files: ReadonlyMap<string, string>;
  readonly name: string;
}

/** Reads what a generator has made for a name. */
export async function readSource(folder: string, name: string): Promise<PeerSource> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name: file }) => join(parentPath, file));
  const files = new Map<string, string>();
  for (const path of paths) files.set(path.slice(folder.length + 1), await readFile(path, "utf8"));
  return { files, name };
}

/** plop, with a plopfile in `folder` whose generator `service` adds the files. */
export async function preparePlop(folder: string, { files, name }: PeerSource): Promise<PeerGenerator> {
  const actions = [];
  for (const [path, text] of files) {
    const templateFile = join("plop-templates", `${path}.hbs`);
    await write(join(folder, templateFile), text.replaceAll(name, "{{name}}"));
    actions.push({ type: "add", path: join("plop-made/{{name}}", path), templateFile });
  }
  const generator = { description: "", prompts: [{ type: "input", name: "name", message: "" }], actions };
  const plopfile = `export default (plop) => plop.setGenerator("service", ${JSON.stringify(generator)});\n`;
  await writeFile(join(folder, "plopfile.mjs"), plopfile);
  const program = require.resolve("plop/bin/plop.js");
  return { command: (made) => [program, "--plopfile", "plopfile.mjs", "service", made] };
}

/** hygen, with its templates in `folder`. */
export async function prepareHygen(folder: string, { files, name }: PeerSource): Promise<PeerGenerator> {
  for (const [at, [path, text]] of [...files].entries()) {
    const head = `---\nto: hygen-made/<%= name %>/${path}\n---\n`;
    const template = join(folder, "_templates/service/new", `${at}.ejs.t`);
    await write(template, head + text.replaceAll(name, "<%= name %>"));
  }
  const program = join(dirname(require.resolve("hygen/package.json")), "dist/bin.js");
  return { command: (made) => [program, "service", "new", "--name", made] };
}

/** hygen's own functions, on a folder with one template for each path. */
export async function hygenRun(
  folder: string,
  { paths, template }: { paths: readonly string[]; template: string },
): Promise<() => Promise<void>> {
  for (const [at, path] of paths.entries()) {
    const head = `---\nto: ${path}\n---\n`;
    await write(
      join(folder, "_templates/many/new", `${at}.ejs.t`),
      head + template.replaceAll("{{index}}", String(at)),
    );
  }
  const { runner } = (await import(pathToFileURL(require.resolve("hygen")).href)) as typeof import("hygen");
  const silent = { log() {}, colorful() {}, notice() {}, warn() {}, err() {}, ok() {} };
  return async () => {
    const { success } = await runner(["many", "new", "--name", "x"], {
      templates: join(folder, "_templates"),
      cwd: folder,
      logger: silent,
      debug: false,
      exec: () => Promise.reject(new Error("nothing is to be executed")),
      createPrompter: () => ({ prompt: () => Promise.resolve({}) }) as never,
    });
    if (!success) throw new Error("hygen failed");
  };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
