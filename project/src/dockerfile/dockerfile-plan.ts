import type { ProjectWarning } from "../description.ts";

/** What a Dockerfile may make use of. */
export type DockerfileProfile = "portable" | "modern";

/** A line of a Dockerfile and why it is there. */
export interface ExplainedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  /** Half a sentence for a person; absent for empty lines and comments. */
  readonly because?: string;
  /** What it rests on, relative to the project's folder; absent when nothing in the project says so. */
  readonly file?: string;
  readonly origin?: number;
}

/** A text file of a plan. */
export interface PlannedText {
  /** Relative to the context, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Something that was found out about the project and went into the Dockerfile. */
export interface DockerfileFinding {
  /** `package manager`, `Node version` … */
  readonly subject: string;
  readonly value: string;
  readonly because: string;
  /** Relative to the project's folder. */
  readonly file?: string;
  readonly line?: number;
}

/** A secret that the build is to be given: `docker build --secret id=npmrc,src=$HOME/.npmrc`. */
export interface BuildSecret {
  readonly id: string;
  /** An environment variable that holds it, or a file. */
  readonly from: "environment" | "file";
  readonly because: string;
}

/** A Dockerfile and its `.dockerignore`: pure data, nothing is written. */
export interface DockerfilePlan {
  readonly version: 1;
  /** The absolute path of the project's folder. */
  readonly directory: string;
  /** The absolute path of the folder that is the build's context: the workspace's root, or the project's own. */
  readonly context: string;
  readonly dockerfile: PlannedText;
  readonly ignoreFile: PlannedText;
  readonly lines: readonly ExplainedLine[];
  readonly findings: readonly DockerfileFinding[];
  readonly warnings: readonly ProjectWarning[];
  readonly secrets: readonly BuildSecret[];
  /** The command that builds it, to be run in the context. */
  readonly build: readonly string[];
}
