/** What the value of a label has to be. */
export type LabelFormat = "text" | "url" | "semver" | "hash" | "rfc3339" | "spdx" | "email";

/** What a person may choose. */
export interface LintDockerfileOptions {
  /** The file's name, put into the findings. */
  file?: string;
  /** What the `.dockerignore` that goes with the file says. */
  ignoreFile?: string;
  /** Rules that are left out, by id or by what another tool calls them. */
  skip?: readonly string[];
  /** The only rules that are wanted, also those that are off otherwise. */
  only?: readonly string[];
  /** Rules to switch on that are off otherwise. */
  enable?: readonly string[];
  /** Whether comments such as `# hadolint ignore=DL3008` count: yes unless it is `false`. */
  suppressions?: boolean;
  /** The registries that images may come from, with `*` at one end: for `DL3026`. */
  trustedRegistries?: readonly string[];
  /** The labels that an image needs, and what they look like: for `DL3049` and those after it. */
  labels?: Readonly<Record<string, LabelFormat>>;
  /** Whether a label that `labels` lacks is a finding. */
  strictLabels?: boolean;
}

/** The options that rules look at. */
export type LintSettings = Pick<
  LintDockerfileOptions,
  "ignoreFile" | "trustedRegistries" | "labels" | "strictLabels"
>;
