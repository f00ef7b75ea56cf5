import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ProbeContext } from "../model/launcher.ts";

/** The program that was installed together with another one, or else the one on the PATH, which may be of another version. */
export async function programBeside(
  path: string,
  { name, context }: { name: string; context: ProbeContext },
): Promise<string | undefined> {
  const beside = join(dirname(await realpath(path)), name);
  try {
    await access(beside, constants.X_OK);
    return beside;
  } catch {
    return await context.findProgram(name);
  }
}
