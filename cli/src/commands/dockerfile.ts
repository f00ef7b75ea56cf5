import type { Command } from "../command.ts";
import { writeDockerfiles } from "../dockerfile/write-dockerfiles.ts";
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
    check: {
      type: "boolean",
      summary: "Write nothing; exit 3 unless the files are as they would be written",
    },
    ...planOptions,
    "on-conflict": {
      type: "string",
      value: "<choice>",
      summary: "For files that were edited or are others': keep, overwrite, merge, diff, new, abort",
    },
  },
  notes: [
    "Writes a Dockerfile and its .dockerignore for the project in each folder; without one for the project here, or",
    "for all members of the workspace here that have a script start. A hand-written Dockerfile is not overwritten",
    "without being asked. dext undo takes back what was written.",
  ],
  run: (input) => writeDockerfiles(input),
};
