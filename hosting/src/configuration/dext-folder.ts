import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The path of `.dext` in an AppHost's folder, made when it is not there. Its own `.gitignore` keeps out everything but
 * `generated/`.
 */
export async function ensureDextFolder(directory: string): Promise<string> {
  const folder = join(directory, ".dext");
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, ".gitignore"), "*\n!.gitignore\n!generated/\n!generated/**\n", {
      flag: "wx",
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return folder;
}
