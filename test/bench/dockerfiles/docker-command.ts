import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { dockerCommand } from "../../fixtures/dockerfile/build-engine.ts";

const run = promisify(execFile);

/** Gives a command to Docker and gives what it prints, trimmed. */
export type Docker = (...args: readonly string[]) => Promise<string>;

/** The command line of Docker against an engine of the tests. */
export function dockerAt(socketPath: string): Docker {
  return async (...args) => {
    try {
      const { stdout } = await run(dockerCommand ?? "docker", [...args], {
        env: { ...process.env, DOCKER_BUILDKIT: "1", DOCKER_HOST: `unix://${socketPath}` },
        maxBuffer: 256 * 1024 * 1024,
      });
      return stdout.trim();
    } catch (error) {
      throw new Error(String((error as { stderr?: string }).stderr), { cause: error });
    }
  };
}
