import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import process from "node:process";
import { isDextError, toErrorDocument } from "@dext/core";
import type { ErrorDocument } from "@dext/core";
import type { FileStatus } from "@dext/generators";
import { columns, printJson, printLine, styleFor } from "@dext/hosting/output";
import type { ProjectDescription } from "@dext/project";
import type { DockerfileProfile } from "@dext/project/dockerfile";
import { exitCodes } from "../exit-code.ts";
import { planProject } from "./plan-changes.ts";
import type { PlannedDockerfile } from "./plan-changes.ts";

/** Why a file is not as it would be written now; `refused` means that nothing can be written at all. */
export type FileState = "current" | "missing" | "outdated" | "edited" | "foreign" | "refused";

interface ComparedFile {
  /** As seen from the current folder; the project's folder where nothing can be written. */
  path: string;
  state: FileState;
  /** The first line that differs, counted from 1. */
  line?: number;
  error?: ErrorDocument["error"];
}

/** Compares the files of projects with what would be written now, tells of each, and gives the exit code. */
export async function tellOutdated(
  projects: readonly ProjectDescription[],
  { profile, json }: { profile: DockerfileProfile | undefined; json: boolean },
): Promise<number> {
  const files: ComparedFile[] = [];
  for (const project of projects) files.push(...(await compareProject(project, profile)));
  const outdated = files.filter(({ state }) => state !== "current");
  const isCurrent = outdated.length === 0;
  if (json) {
    printJson({ version: 1, current: isCurrent, outdated: outdated.map(({ path }) => path), files });
  } else printTable(files);
  return isCurrent ? exitCodes.done : exitCodes.configuration;
}

/** One that is refused must not hide what is to be said of the others. */
async function compareProject(
  project: ProjectDescription,
  profile: DockerfileProfile | undefined,
): Promise<readonly ComparedFile[]> {
  try {
    const planned = await planProject(project, { profile, onConflict: "keep" });
    return await Promise.all(planned.change.files.map((file) => compareFile(file, planned)));
  } catch (error) {
    if (!isDextError(error)) throw error;
    const path = relative(process.cwd(), project.directory) || ".";
    return [{ path, state: "refused", error: toErrorDocument(error).error }];
  }
}

async function compareFile(
  { path, status }: { path: string; status: FileStatus | "deleted" | "obsolete" },
  { dockerfile: planned, change }: PlannedDockerfile,
): Promise<ComparedFile> {
  const absolute = join(change.target, path);
  const shown = relative(process.cwd(), absolute);
  const state = stateOf[status] ?? "outdated";
  if (state === "current" || state === "missing") return { path: shown, state };
  const { text } = path.endsWith("ignore") ? planned.ignoreFile : planned.dockerfile;
  return { path: shown, state, line: firstDifference(await readFile(absolute, "utf8"), text) };
}

const stateOf: Readonly<Partial<Record<string, FileState>>> = {
  new: "missing",
  identical: "current",
  untouched: "outdated",
  edited: "edited",
  foreign: "foreign",
};

function firstDifference(current: string, wanted: string): number {
  const lines = wanted.split("\n");
  const found = current.split(/\r?\n/);
  const index = lines.findIndex((line, at) => line !== found[at]);
  return (index === -1 ? lines.length : index) + 1;
}

const meanings: Readonly<Record<FileState, string>> = {
  current: "",
  missing: "",
  outdated: "the project has changed since it was written",
  edited: "edited since it was written",
  foreign: "not written by dext",
  refused: "",
};

const colours: Readonly<Record<FileState, "green" | "yellow" | "red">> = {
  current: "green",
  missing: "red",
  outdated: "yellow",
  edited: "yellow",
  foreign: "yellow",
  refused: "red",
};

function printTable(files: readonly ComparedFile[]): void {
  const style = styleFor({ stream: process.stdout });
  const rows = files.map(({ path, state, line, error }) => [
    state,
    path,
    error === undefined
      ? `${meanings[state]}${line === undefined ? "" : `; differs from line ${line} on`}`
      : `${error.code}: ${error.message}`,
  ]);
  for (const [index, line] of columns(rows).entries()) {
    const { state = "current" } = files[index] ?? {};
    printLine(style[colours[state]](state) + line.slice(state.length));
  }
  printAdvice(files);
}

function printAdvice(files: readonly ComparedFile[]): void {
  const states = new Set(files.map(({ state }) => state));
  const advice = [
    ...(states.has("missing") || states.has("outdated")
      ? ["dext dockerfile writes what is missing or outdated."]
      : []),
    ...(states.has("edited") || states.has("foreign")
      ? [
          "dext dockerfile --dry-run --on-conflict overwrite shows what was changed by hand; such a file is kept until",
          "--on-conflict says otherwise.",
        ]
      : []),
    ...new Set(files.flatMap(({ error }) => (error?.hint === undefined ? [] : [`hint: ${error.hint}`]))),
  ];
  if (advice.length > 0) printLine("");
  for (const line of advice) printLine(line);
}
