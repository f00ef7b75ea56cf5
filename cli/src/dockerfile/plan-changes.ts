import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineGenerator, plan } from "@dext/generators";
import type { ChangePlan, OnConflict } from "@dext/generators";
import type { DockerfilePlan, PlannedText } from "@dext/project/dockerfile";
import { cliError } from "../error-codes.ts";

/** The changes that write some Dockerfiles: one plan for each folder that images are built from. */
export async function planChanges(
  plans: readonly DockerfilePlan[],
  { onConflict }: { onConflict: OnConflict },
): Promise<readonly ChangePlan[]> {
  const byContext = Map.groupBy(plans, ({ context }) => context);
  const changes: ChangePlan[] = [];
  for (const [target, those] of byContext) {
    const files = those.flatMap((each) => filesOf(each));
    const generator = defineGenerator({
      name: "dockerfile",
      description: "Dockerfiles, each with its .dockerignore",
      // As code, which needs no plop.
      plan: (draft) => {
        for (const { path, text } of files) draft.add({ path, text });
      },
    });
    changes.push(await plan(generator, {}, { target, onConflict }));
  }
  return changes;
}

/** The files that are not on disk as they would be written, but for their line endings. */
export async function findOutdated(dockerfile: DockerfilePlan): Promise<readonly PlannedText[]> {
  const outdated: PlannedText[] = [];
  for (const file of filesOf(dockerfile)) {
    const text = await readOptional(join(dockerfile.context, file.path));
    if (text?.replaceAll("\r\n", "\n") !== file.text) outdated.push(file);
  }
  return outdated;
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw cliError("DEXT_CLI_FILE_UNREADABLE", `"${path}" is there and cannot be read: ${message}`, {
      hint: "Make the file readable, or take it away.",
      cause: error,
      details: { file: path },
    });
  }
}

function filesOf({ dockerfile, ignoreFile }: DockerfilePlan): readonly PlannedText[] {
  return [dockerfile, ignoreFile];
}
