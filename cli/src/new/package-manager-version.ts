import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/**
 * The exact version of a package manager that is in use on this machine: of the one that runs this program, else of the
 * one on the PATH. Undefined where neither tells.
 */
export async function packageManagerVersion(
  name: string,
  { environment = process.env }: { environment?: NodeJS.ProcessEnv } = {},
): Promise<string | undefined> {
  const version = runningVersion(name, environment) ?? (await installedVersion(name, environment));
  // A repository of ours is made for Yarn's newer versions: it would not install with the first.
  return name === "yarn" && version?.startsWith("1.") === true ? undefined : version;
}

/** `npm_config_user_agent`: `npm/11.19.0 node/v26.10.0 linux x64 workspaces/false` */
function runningVersion(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const [agent = ""] = (environment["npm_config_user_agent"] ?? "").split(" ");
  const [running, version = ""] = agent.split("/");
  return running === name ? exactVersion(version) : undefined;
}

async function installedVersion(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(name, ["--version"], {
      // Corepack would ask whether it may download, and nobody could answer.
      env: { ...environment, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" },
      timeout: 5000,
      shell: process.platform === "win32",
    });
    return exactVersion(stdout.trim());
  } catch {
    return undefined;
  }
}

function exactVersion(text: string): string | undefined {
  return /^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(text) ? text : undefined;
}
