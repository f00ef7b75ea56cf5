import { relative, sep } from "node:path";
import { createDockerfileGenerator, plan } from "@dext/generators";
import type { ChangePlan, OnConflict } from "@dext/generators";
import type { ProjectDescription } from "@dext/project";
import type { DockerfilePlan, DockerfileProfile } from "@dext/project/dockerfile";
import { findMarkedRoot } from "../new/find-root.ts";

/** The Dockerfile of a project, and what writing it would change. */
export interface PlannedDockerfile {
  readonly dockerfile: DockerfilePlan;
  readonly change: ChangePlan;
}

/** How Dockerfiles are planned. */
export interface PlanDockerfilesOptions {
  /** As it was made the last time, when absent. */
  readonly profile: DockerfileProfile | undefined;
  readonly onConflict: OnConflict;
}

/** Plans the Dockerfile of one project, into the folder that `dext undo` and `dext update` look at. */
export async function planProject(
  project: ProjectDescription,
  { profile, onConflict }: PlanDockerfilesOptions,
): Promise<PlannedDockerfile> {
  const { directory, workspace } = project;
  const target = findMarkedRoot(directory) ?? workspace?.root ?? directory;
  const path = relative(target, directory).split(sep).join("/") || ".";
  const planned: DockerfilePlan[] = [];
  const generator = createDockerfileGenerator({ project, onPlan: (each) => planned.push(each) });
  const answers = { path, ...(profile === undefined ? {} : { profile }) };
  const change = await plan(generator, answers, { target, onConflict });
  const [dockerfile] = planned;
  if (dockerfile === undefined) throw new Error("The generator has planned no Dockerfile");
  return { dockerfile, change };
}

/** One change for each folder that is generated into, so that it is made, and undone, as a whole. */
export function joinChanges(changes: readonly ChangePlan[]): readonly ChangePlan[] {
  // No two projects write the same file.
  return [...Map.groupBy(changes, ({ target }) => target).values()].map((those) => ({
    ...(those[0] as ChangePlan),
    operations: those.flatMap(({ operations }) => operations),
    files: those.flatMap(({ files }) => files),
    records: those.flatMap(({ records }) => records),
  }));
}
