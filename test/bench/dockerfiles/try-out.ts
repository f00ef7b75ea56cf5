import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { slimImage } from "./base-image.ts";
import type { Docker } from "./docker-command.ts";
import type { Write } from "./generators.ts";
import type { ComparedSample } from "./samples.ts";

const run = promisify(execFile);

/** What came of one generator on one project. */
export interface Outcome {
  /** `yes`, or why not. */
  starts: string;
  /** What the image has over its base. */
  sizeMiB?: number;
  uid?: string;
  health?: string;
  /** Whether it starts with nothing to write to, no capability, as user 1000. */
  strict?: string;
  stop?: string;
  /** What is in the image and has no business there. */
  extra?: string;
  /** Milliseconds. */
  cold?: number;
  /** Milliseconds, after a source was edited. */
  warm?: number;
}

/** Has a Dockerfile written for a project, builds it twice, and runs it. */
export async function tryOut(
  sample: ComparedSample,
  { write, docker, folder }: { write: Write; docker: Docker; folder: string },
): Promise<Outcome> {
  const repository = join(folder, randomUUID());
  const tag = "dext-test/compared:1";
  await writeTree(repository, sample);
  try {
    const { dockerfile, context, args } = await write(repository, sample);
    const options = ["--network", "host", "--tag", tag, "--file", dockerfile, ...args];
    const cold = await timed(() => docker("build", "--no-cache", ...options, context));
    await appendFile(join(repository, sample.folder, sample.source), `\n// edited ${randomUUID()}\n`);
    const warm = await timed(() => docker("build", ...options, context));
    const usual = await start(tag, { docker, args: [] });
    const strictly = ["--read-only", "--cap-drop", "ALL", "--user", "1000:1000"];
    const { starts: strict } = await start(tag, { docker, args: strictly });
    const sizeMiB = ((await sizeOf(tag, docker)) - (await sizeOf(slimImage, docker))) / 2 ** 20;
    return {
      ...usual,
      strict,
      sizeMiB,
      extra: await lookInside(tag, { sample, docker, folder }),
      cold,
      warm,
    };
  } catch (error) {
    return { starts: `no: ${(error as Error).message.trim().split("\n").at(-1) ?? ""}` };
  } finally {
    await docker("rmi", "--force", tag).catch(() => "");
  }
}

async function start(
  tag: string,
  { docker, args }: { docker: Docker; args: readonly string[] },
): Promise<Pick<Outcome, "starts" | "uid" | "health" | "stop">> {
  const port = await freePort();
  const surroundings = ["--network", "host", "--env", `PORT=${port}`, "--health-interval", "500ms"];
  const id = await docker("run", "--detach", ...surroundings, ...args, tag);
  try {
    const starts = (await answers(port)) ? "yes" : "no";
    const pid = await docker("inspect", "--format", "{{.State.Pid}}", id);
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const uid = /^Uid:\t(\d+)/m.exec(status)?.[1] ?? "–";
    await delay(1500);
    const shown = "{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}";
    const health = await docker("inspect", "--format", shown, id);
    const time = await timed(() => docker("stop", "--time", "10", id));
    const code = await docker("inspect", "--format", "{{.State.ExitCode}}", id);
    return { starts, uid, health, stop: `${(time / 1000).toFixed(1)} s, exit ${code}` };
  } finally {
    await docker("rm", "--force", id);
  }
}

async function lookInside(
  tag: string,
  { sample, docker, folder }: { sample: ComparedSample; docker: Docker; folder: string },
): Promise<string> {
  const id = await docker("create", "--network", "none", tag);
  const archive = join(folder, "image.tar");
  try {
    await docker("export", "--output", archive, id);
    const { stdout } = await run("tar", ["-tf", archive], { maxBuffer: 256 * 1024 * 1024 });
    const paths = stdout.split("\n").filter((path) => path.startsWith("app/"));
    const found = {
      "development packages": paths.some((path) => path.includes(`/${sample.developmentPackage}/`)),
      sources: paths.some((path) => path.endsWith("src/main.ts")),
      "`.env`": paths.some((path) => path.endsWith("/.env")),
      "other services": paths.some((path) => path.includes("services/other/")),
    };
    const names = Object.entries(found).flatMap(([name, isThere]) => (isThere ? [name] : []));
    return names.length === 0 ? "nothing" : names.join(", ");
  } finally {
    await docker("rm", id);
  }
}

async function writeTree(repository: string, { tree, lock }: ComparedSample): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    const target = join(repository, path);
    await mkdir(dirname(target), { recursive: true });
    const text = typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`;
    await writeFile(target, text);
  }
  await mkdir(join(repository, ".git"));
  const [program = "", ...args] = lock;
  await run(program, args, { cwd: repository });
  await rm(join(repository, "node_modules"), { recursive: true, force: true });
}

async function sizeOf(tag: string, docker: Docker): Promise<number> {
  return Number(await docker("image", "inspect", "--format", "{{.Size}}", tag));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function answers(port: number): Promise<boolean> {
  for (let left = 50; left > 0; left -= 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.text(),
      () => "",
    );
    if (answer.startsWith("revision")) return true;
    await delay(100);
  }
  return false;
}
