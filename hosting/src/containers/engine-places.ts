import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A place at which an engine may answer, or why it cannot. */
export interface EnginePlace {
  /** The socket, or what names it, such as `DOCKER_HOST=tcp://…`. */
  readonly where: string;
  /** How it comes to be looked at: `DOCKER_HOST`, `the Docker context "colima"`, `its usual place`. */
  readonly by: string;
  readonly socketPath?: string;
  /** What names the place names none that can be spoken to. */
  readonly because?: string;
  /** What to do when nothing answers there, as a clause; absent for the usual places. */
  readonly remedy?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where an engine may be, in the order of preference. Who has chosen one, by `DOCKER_HOST`, `CONTAINER_HOST` (Podman's),
 * `DOCKER_CONTEXT` or `docker context use`, gets that one or none: another would not be the one that `docker ps` shows.
 */
export async function enginePlaces(environment: Environment): Promise<readonly EnginePlace[]> {
  const chosen = chosenByHost(environment) ?? (await chosenByContext(environment));
  return chosen === undefined ? usualPlaces(environment) : [chosen];
}

/** Why only a socket will do: ports are published on the engine's machine, and files are mounted from it. */
const onlyHere = "only sockets of this machine (unix://…) are spoken to";

function chosenByHost(environment: Environment): EnginePlace | undefined {
  for (const name of ["DOCKER_HOST", "CONTAINER_HOST"]) {
    const host = environment[name];
    if (host === undefined || host === "") continue;
    return { ...placeOf(host), where: `${name}=${host}`, by: name, remedy: `Correct or unset ${name}` };
  }
  return undefined;
}

async function chosenByContext(environment: Environment): Promise<EnginePlace | undefined> {
  const folder = environment["DOCKER_CONFIG"] ?? join(homeOf(environment), ".docker");
  const given = environment["DOCKER_CONTEXT"];
  const isGiven = given !== undefined && given !== "";
  const name = isGiven ? given : (await readJson(join(folder, "config.json")))?.["currentContext"];
  // The context "default" is no file: it stands for the usual place.
  if (typeof name !== "string" || name === "" || name === "default") return undefined;
  const by = `the Docker context "${name}"`;
  const remedy = isGiven
    ? "Correct or unset DOCKER_CONTEXT"
    : "Choose another context: docker context use default";
  const host = await hostOfContext(folder, name);
  if (host === undefined) return { where: by, by, because: "there is no such context", remedy };
  return { ...placeOf(host), where: `${by} (${host})`, by, remedy };
}

/** `{"Name":"colima","Endpoints":{"docker":{"Host":"unix:///home/x/.colima/default/docker.sock"}}}` */
async function hostOfContext(folder: string, name: string): Promise<string | undefined> {
  const id = createHash("sha256").update(name).digest("hex");
  const meta = await readJson(join(folder, "contexts/meta", id, "meta.json"));
  const { docker } = (meta?.["Endpoints"] ?? {}) as { docker?: { Host?: unknown } };
  return typeof docker?.Host === "string" ? docker.Host : undefined;
}

function placeOf(host: string): Pick<EnginePlace, "socketPath" | "because"> {
  const socketPath = /^unix:\/\/(\/.*)$/.exec(host)?.[1];
  return socketPath === undefined ? { because: onlyHere } : { socketPath };
}

function usualPlaces(environment: Environment): readonly EnginePlace[] {
  const home = homeOf(environment);
  const runtime = environment["XDG_RUNTIME_DIR"] ?? `/run/user/${process.getuid?.() ?? 0}`;
  return [
    "/var/run/docker.sock",
    `${runtime}/docker.sock`,
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    `${home}/.orbstack/run/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    `${runtime}/podman/podman.sock`,
    "/run/podman/podman.sock",
    `${home}/.local/share/containers/podman/machine/podman.sock`,
  ].map((socketPath) => ({ where: socketPath, socketPath, by: "its usual place" }));
}

function homeOf(environment: Environment): string {
  return environment["HOME"] ?? homedir();
}

/** What is not there or is no object counts as empty: `docker` itself says more about it. */
async function readJson(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const document: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof document === "object" && document !== null
      ? (document as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
