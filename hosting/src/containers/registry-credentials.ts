import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** What an engine hands to a registry. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/**
 * What `docker login` has kept for a registry: in `config.json`, or behind a program `docker-credential-<name>` that it
 * names. Nothing when nobody has logged in; a file that is not understood counts as none, and the registry will say so.
 */
export async function registryCredentials(
  registry: string,
  { environment = process.env }: { environment?: Readonly<Record<string, string | undefined>> } = {},
): Promise<RegistryCredentials | undefined> {
  const folder = environment["DOCKER_CONFIG"] ?? join(environment["HOME"] ?? homedir(), ".docker");
  const config = await readConfig(join(folder, "config.json"));
  for (const serveraddress of registry === "docker.io" ? dockerHubKeys : [registry, `https://${registry}`]) {
    const program = config.credHelpers?.[serveraddress] ?? config.credsStore;
    const found =
      program === undefined
        ? fromEntry(config.auths?.[serveraddress])
        : await fromProgram(program, serveraddress);
    if (found !== undefined) return { ...found, serveraddress };
  }
  return undefined;
}

/** Docker Hub stands in the file under the address that it had first. */
const dockerHubKeys = ["https://index.docker.io/v1/", "docker.io"];

interface DockerConfig {
  auths?: Readonly<Record<string, AuthEntry>>;
  credsStore?: string;
  credHelpers?: Readonly<Record<string, string>>;
}

interface AuthEntry {
  /** `user:password` in base64. */
  auth?: string;
  identitytoken?: string;
}

type Found = Omit<RegistryCredentials, "serveraddress">;

async function readConfig(path: string): Promise<DockerConfig> {
  try {
    const config: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof config === "object" && config !== null ? config : {};
  } catch {
    return {};
  }
}

function fromEntry(entry: AuthEntry | undefined): Found | undefined {
  if (entry?.identitytoken !== undefined && entry.identitytoken !== "") {
    return { identitytoken: entry.identitytoken };
  }
  if (typeof entry?.auth !== "string" || entry.auth === "") return undefined;
  const [username = "", ...rest] = Buffer.from(entry.auth, "base64").toString().split(":");
  return { username, password: rest.join(":") };
}

/** The program reads the address and prints `{"ServerURL":"…","Username":"…","Secret":"…"}`. */
function fromProgram(name: string, address: string): Promise<Found | undefined> {
  return new Promise((resolve) => {
    const child = execFile(`docker-credential-${name}`, ["get"], { timeout: 10_000 }, (error, stdout) => {
      if (error !== null) return resolve(undefined);
      try {
        const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
        resolve(
          Username === "<token>" ? { identitytoken: Secret } : { username: Username, password: Secret },
        );
      } catch {
        resolve(undefined);
      }
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(address);
  });
}
