/** The version of the plan's JSON form. */
export const planVersion = 1;

/**
 * What is to be done to a folder: pure data, whose JSON form (`--json`) is the plan itself.
 *
 * Paths are relative to `target`, with `/` between folders. Operations are sorted by path, one for each path.
 */
export interface ChangePlan {
  readonly version: typeof planVersion;
  /** Absolute path of the folder that the plan was made for. It need not exist yet. */
  readonly target: string;
  readonly operations: readonly Operation[];
  /** What the generator wants done afterwards. None of it is part of the commit, nor takes it back when it fails. */
  readonly followUps: readonly FollowUp[];
  /** What became of every file that a generator wanted to write, in the order of the paths. */
  readonly files: readonly PlannedFile[];
  /** What is kept in `.dext/generated/`, so that the files can be recognised and updated. */
  readonly records: readonly GeneratedRecord[];
}

/** One change of one file. */
export type Operation = CreateOperation | ModifyOperation | DeleteOperation;

/** A file that does not exist yet. The folders that it needs are made with it. */
export interface CreateOperation {
  readonly kind: "create";
  readonly path: string;
  readonly after: FileState;
}

/** A file that exists, exactly as in `before`. */
export interface ModifyOperation {
  readonly kind: "modify";
  readonly path: string;
  readonly before: FileState;
  readonly after: FileState;
}

/** A file that goes away. Its folder stays. */
export interface DeleteOperation {
  readonly kind: "delete";
  readonly path: string;
  readonly before: FileState;
}

/** A file as it is or shall be. */
export interface FileState {
  /** The text, or the bytes in base64. */
  readonly contents: string;
  /** `"base64"` only for bytes that are no UTF-8 text. */
  readonly encoding: "utf8" | "base64";
  /** Permission bits, such as `0o644` (420 in JSON). A new file gets them less the umask. */
  readonly mode: number;
  /** `sha256:` and the hash of the bytes in hexadecimal. */
  readonly hash: string;
}

/** A step after the commit, which a person or the CLI takes. */
export type FollowUp =
  | { readonly kind: "install"; readonly directory: string; readonly packageManager?: string }
  | { readonly kind: "git-init"; readonly directory: string }
  | { readonly kind: "format"; readonly paths: readonly string[] }
  /** `required` is one that stands for what could not be written: without it something is missing. */
  | { readonly kind: "next-step"; readonly text: string; readonly required?: true }
  /** Something to know, about a place in a file of the target where there is one. */
  | { readonly kind: "note"; readonly text: string; readonly file?: string; readonly line?: number };

/**
 * How a file on disk stands to what a generator wants to write there.
 *
 * - `new`: there is none;
 * - `identical`: it holds just that, but perhaps for its line endings;
 * - `untouched`: it is as a generator wrote it, so it can be replaced without a loss;
 * - `edited`: a generator wrote it, somebody changed it since;
 * - `foreign`: no generator is known to have written it.
 */
export type FileStatus = "new" | "identical" | "untouched" | "edited" | "foreign";

/** What to do with an edited or foreign file. */
export type ConflictChoice = "keep" | "overwrite" | "merge" | "diff" | "new" | "abort";

/** What became of one file that a generator wanted to write. */
export interface PlannedFile {
  readonly path: string;
  readonly status: FileStatus | "deleted" | "obsolete";
  /** What was chosen for an edited or foreign file. */
  readonly choice?: ConflictChoice;
  /** How many places were merged with conflict marks; absent when none. */
  readonly conflicts?: number;
  /** The unified diff from what is on disk to what was wanted, where the choice was `diff`. */
  readonly diff?: string;
}

/** What one run of a generator made: enough to recognise it and to render it again. */
export interface GeneratedRecord {
  /** Names the run among others of the same generator, such as `service-api`; also its file in `.dext/generated/`. */
  readonly unit: string;
  readonly generator: string;
  /** The answers, without those of secret prompts. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Every file as the templates gave it: the base of later merges. */
  readonly files: Readonly<Record<string, FileState>>;
  /** Names of the edits that were made to files of others, so that an update does not repeat them. */
  readonly edits: readonly string[];
}
