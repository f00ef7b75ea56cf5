import type { Command } from "../command.ts";
import { lintOptions, refuseLintOptions } from "../dockerfile/lint-options.ts";
import { planOptions } from "../new/plan-options.ts";

/** `dext dockerfile` */
export const dockerfileCommand: Command = {
  usage: "[path…] [options]",
  takesNames: true,
  options: {
    profile: {
      type: "string",
      value: "<profile>",
      summary: "portable, for Docker 20.10 and Podman 4.3 too; or modern, with the newest syntax",
    },
    explain: { type: "boolean", summary: "Show why each line is there, and write nothing" },
    outdated: {
      type: "boolean",
      summary: "Write nothing; exit 3 unless the files are as they would be written",
    },
    ...planOptions,
    "on-conflict": {
      type: "string",
      value: "<choice>",
      summary: "For files that were edited or are others': keep, overwrite, merge, diff, new, abort",
    },
    ...lintOptions,
  },
  notes: [
    "Writes a Dockerfile and its .dockerignore for the project in each folder; without one for the project here, or",
    "for all members of the workspace here that have a script start. A hand-written Dockerfile is not overwritten",
    "without being asked. dext undo takes back what was written.",
    "With --lint, tells what BuildKit, hadolint, Trivy and dockle would of any Dockerfile: dext dockerfile --lint",
    "<file…>. Exits 3 when there is a finding, or one of at least --fail-on.",
  ],
  // Each half is loaded when it is asked for: the linter needs no generator.
  async run(input) {
    if (input.flag("lint")) {
      return (await import("../dockerfile/lint-dockerfiles.ts")).lintDockerfiles(input);
    }
    refuseLintOptions(input);
    return (await import("../dockerfile/write-dockerfiles.ts")).writeDockerfiles(input);
  },
};
