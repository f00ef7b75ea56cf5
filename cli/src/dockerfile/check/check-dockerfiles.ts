import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import process from "node:process";
import { findEngine, noEngine, ownIdentity, runLabels } from "@dext/hosting/containers";
import type { ContainerEngine } from "@dext/hosting/containers";
import { printProgress } from "@dext/hosting/output";
import type { ProjectDescription } from "@dext/project";
import type { CommandInput } from "../../command.ts";
import { cliError } from "../../error-codes.ts";
import { exitCodes } from "../../exit-code.ts";
import { findProjects } from "../find-projects.ts";
import { readCheckSettings } from "./check-options.ts";
import type { CheckSettings } from "./check-options.ts";
import { checkProject, nameOf } from "./check-project.ts";
import type { ProjectToCheck } from "./check-project.ts";
import type { CheckedProject } from "./check-row.ts";
import { checkedImage, removeMade, removeStale } from "./made-images.ts";
import { printChecks } from "./print-checks.ts";

/**
 * Builds the images of projects from the Dockerfiles that are there, runs them as a strict platform would, and tells
 * what holds.
 *
 * @returns 4 when something does not hold
 * @throws DextError `DEXT_CLI_DOCKERFILE_MISSING`, `DEXT_CLI_DOCKERFILE_SECRETS`, `DEXT_CLI_OPTION_INVALID`,
 *   `DEXT_CLI_INTERRUPTED`, `DEXT_CONTAINER_…`
 */
export async function checkDockerfiles(input: CommandInput): Promise<number> {
  const settings = await readCheckSettings(input);
  const projects = await findDockerfiles(await findProjects(input.names));
  if (settings.image === undefined) refuseSecrets(projects);
  else refuseSeveral(projects);
  const { engine, attempts } = await findEngine();
  if (engine === undefined) throw noEngine(attempts);
  const checked = await checkAll(engine, { projects, settings });
  const isFine = checked.every(({ rows }) => rows.every(({ result }) => result !== "failed"));
  printChecks(checked, { engine, isFine, json: input.flag("json") });
  return isFine ? exitCodes.done : exitCodes.resourceFailed;
}

/** All of them are looked for before the first is built. */
async function findDockerfiles(projects: readonly ProjectDescription[]): Promise<readonly ProjectToCheck[]> {
  const found: ProjectToCheck[] = [];
  const missing: string[] = [];
  for (const project of projects) {
    const dockerfile = join(project.directory, "Dockerfile");
    const text = await readFile(dockerfile, "utf8").catch(() => undefined);
    if (text === undefined) missing.push(relative(process.cwd(), project.directory) || ".");
    else found.push({ project, name: nameOf(project), dockerfile, text });
  }
  if (missing.length === 0) return found;
  throw cliError(
    "DEXT_CLI_DOCKERFILE_MISSING",
    `There is no Dockerfile to check in ${missing.map((path) => `"${path}"`).join(", ")}`,
    { hint: `Write it first: dext dockerfile ${missing.join(" ")}`, details: { folders: missing } },
  );
}

/** What a client lends to a build cannot be had over the engine's interface. */
function refuseSecrets(projects: readonly ProjectToCheck[]): void {
  const lent = /^(?!\s*#).*--mount=\S*type=(?:secret|ssh)/m;
  const found = projects.find(({ text }) => lent.test(text));
  if (found === undefined) return;
  const path = relative(process.cwd(), found.dockerfile);
  throw cliError(
    "DEXT_CLI_DOCKERFILE_SECRETS",
    `"${path}" is built with secrets, which are lent by docker build and not by dext`,
    {
      hint: `Build it by hand, with --tag ${found.name.split("/").at(-1)}, and run: dext dockerfile --check --image ${found.name.split("/").at(-1)} ${relative(process.cwd(), found.project.directory) || "."}`,
      details: { dockerfile: path },
    },
  );
}

function refuseSeveral(projects: readonly ProjectToCheck[]): void {
  if (projects.length === 1) return;
  throw cliError("DEXT_CLI_OPTION_INVALID", `--image is of one project, and there are ${projects.length}`, {
    hint: "Name the folder of that project.",
  });
}

/** One after the other: builds and programs side by side would disturb each other's times. */
async function checkAll(
  engine: ContainerEngine,
  { projects, settings }: { projects: readonly ProjectToCheck[]; settings: CheckSettings },
): Promise<readonly CheckedProject[]> {
  const run = randomBytes(4).toString("hex");
  const labels = runLabels(run, { app: "dockerfile-check", owner: ownIdentity() });
  const interruption = abortOnSignal();
  const { signal } = interruption;
  const checked: CheckedProject[] = [];
  try {
    await removeStale(engine);
    for (const [index, project] of projects.entries()) {
      signal.throwIfAborted();
      const onProgress = (text: string): void => printProgress(`${project.name}: ${text}`);
      const { tag, container } = checkedImage(run, index);
      const options = { ...project, settings, tag, container, labels, onProgress, signal };
      checked.push(await checkProject(engine, options));
    }
    return checked;
  } finally {
    await removeMade(engine, { run });
    interruption.dispose();
  }
}

/**
 * The first signal ends the work in order, the second at once. Where npm stands between, a Ctrl-C arrives twice: from the
 * terminal and from npm.
 */
function abortOnSignal(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  let last = -Infinity;
  const onSignal = (): void => {
    const isEcho = performance.now() - last < echoTime;
    last = performance.now();
    if (isEcho) return;
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    printProgress("Removing what was made; again to leave at once");
    controller.abort(cliError("DEXT_CLI_INTERRUPTED", "The check was interrupted"));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/** So soon nobody asks again, in milliseconds. */
const echoTime = 100;
