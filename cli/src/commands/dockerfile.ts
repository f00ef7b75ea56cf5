import type { Command } from "../command.ts";
import { checkOptions, refuseCheckOptions } from "../dockerfile/check/check-options.ts";
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
    ...checkOptions,
  },
  notes: [
    "Writes a Dockerfile and its .dockerignore for the project in each folder; without one for the project here, or",
    "for all members of the workspace here that have a script start. A hand-written Dockerfile is not overwritten",
    "without being asked. dext undo takes back what was written.",
    "With --lint, tells what BuildKit, hadolint, Trivy and dockle would of any Dockerfile: dext dockerfile --lint",
    "<file…>. Exits 3 when there is a finding, or one of at least --fail-on.",
    "With --check, builds the Dockerfiles that are there by the engine of this machine, runs the images as a strict",
    "platform would, and tells of each what holds: that it builds, runs as a user that is not root on a read-only file",
    "system without capabilities, becomes healthy, stops in time, and holds no development dependency, source, secret or",
    "test. What it makes in the engine is removed again. Exits 4 when something does not hold.",
  ],
  // Each part is loaded when it is asked for: the linter needs no generator.
  async run(input) {
    if (input.flag("check") && !input.flag("lint")) {
      refuseLintOptions(input);
      return (await import("../dockerfile/check/check-dockerfiles.ts")).checkDockerfiles(input);
    }
    refuseCheckOptions(input);
    if (input.flag("lint")) {
      return (await import("../dockerfile/lint-dockerfiles.ts")).lintDockerfiles(input);
    }
    refuseLintOptions(input);
    return (await import("../dockerfile/write-dockerfiles.ts")).writeDockerfiles(input);
  },
};
