import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exchange } from "../health-checks/exchange.ts";
import { launcherError } from "../launchers/error-codes.ts";
import { initFiles } from "../launchers/init-files.ts";
import type { LaunchContext, ProcessPlan } from "../model/launcher.ts";

/**
 * Fills a fresh Redis from the files of `withInitFiles`: commands as `redis-cli` reads them, one a line, `#` for remarks.
 *
 * Data without a volume is gone when the server ends, so that it is filled at every start; with one only once.
 */
export async function redisSeed(
  context: LaunchContext,
  { folder }: { folder: string },
): Promise<Pick<ProcessPlan, "afterHealthy">> {
  const files = await initFiles(context, { extensions: [".redis"] });
  const mark = join(folder, ".filled");
  if (files.length === 0 || (context.resource.dataVolume !== undefined && existsSync(mark))) return {};
  return {
    async afterHealthy() {
      for (const file of files) await sendCommands(context, file);
      await writeFile(mark, "");
    },
  };
}

async function sendCommands(context: LaunchContext, file: string): Promise<void> {
  const lines = (await readFile(file, "utf8"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of lines) {
    const reply = await sendCommand(context, line);
    if (!reply.startsWith("-")) continue;
    throw launcherError(
      "DEXT_LAUNCH_SEED_FAILED",
      `"${context.resource.name}" refused a command of "${file}": ${reply.slice(1)}, command: ${JSON.stringify(line)}`,
      {
        hint: "The file has one command a line, as redis-cli reads them.",
        details: { resource: context.resource.name, file },
      },
    );
  }
  context.log(`filled from ${file}: ${lines.length} commands`);
}

/** Sends one command in the inline form, quits, and gives the first line of its reply. */
async function sendCommand(context: LaunchContext, line: string): Promise<string> {
  const password = (await context.property("password")) ?? "";
  const login =
    password === "" ? "" : `*2\r\n$4\r\nAUTH\r\n$${Buffer.byteLength(password)}\r\n${password}\r\n`;
  const answer = await exchange(
    { host: "127.0.0.1", port: context.port("tcp") },
    { send: `${login}${line}\r\nQUIT\r\n`, isComplete: () => false, signal: context.signal },
  );
  const text = answer.toString("utf8");
  return (password === "" ? text : text.replace(/^\+OK\r\n/, "")).split("\r\n")[0] ?? "";
}
