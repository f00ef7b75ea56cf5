// Writes docs/dockerfile-lint.md from the rules of the Dockerfile linter.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dockerfileRules } from "@dext/project/lint";
import type { LintSource } from "@dext/project/lint";
import { root } from "./packages.ts";

const sections: readonly [source: LintSource, title: string][] = [
  ["dext", "What no builder builds"],
  ["buildkit", "BuildKit's checks"],
  ["hadolint", "hadolint's rules"],
  ["trivy", "Trivy's checks"],
  ["dockle", "dockle's checkpoints"],
];

const texts = sections.map(([source, title]) => {
  const rules = dockerfileRules.filter((rule) => rule.source === source);
  return `## ${title}\n\n${rules.map((rule) => describe(rule)).join("\n")}`;
});

await writeFile(
  join(root, "docs/dockerfile-lint.md"),
  `# The Dockerfile linter

\`dext dockerfile --lint <file>\` tells what is wrong with any Dockerfile, under the ids that BuildKit, hadolint, Trivy and
dockle have published, so that what one has read or written about them holds. Several tools often say the same thing: then
there is one finding, and the other ids are its aliases. Nothing is built, pulled or run.

\`\`\`sh
dext dockerfile --lint Dockerfile
dext dockerfile --lint Dockerfile --json
dext dockerfile --lint - < Dockerfile
dext dockerfile --lint Dockerfile --fail-on warning --skip DL3008,DL3018
\`\`\`

The exit code is 0 when there is nothing to tell, 3 when there is a finding at or above \`--fail-on\` (\`error\`, \`warning\`,
\`info\`, \`style\` or \`never\`; any finding unless it is given), and 2 for a mistake in the command line or a file that cannot be read. The
\`.dockerignore\` that goes with the file is read when it is there: \`<file>.dockerignore\`, else the one in the same folder.
In a program:

\`\`\`ts
import { lintDockerfile } from "@dext/project/lint";

const findings = lintDockerfile("FROM node:24\\nCMD npm start\\n", { skip: ["DS-0002"] });
if (findings[0]?.rule !== "JSONArgsRecommended") throw new Error("not found");
\`\`\`

## What is not told

A linter that cries wolf is switched off, so a rule is silent where the file alone cannot show the fault. In these points it
tells less than the tool that published it:

- Caches of package managers, an archive of a whole file system, files of developers and secrets that are copied matter in
  the image only. They are looked at in the last stage and those that it is built on.
- \`USER\`, \`HEALTHCHECK\` and needed labels are looked at for the last stage.
- A variable that the base image may set is not taken for undefined. One is told of when it is declared elsewhere in the file,
  when it looks like a slip in a declared one, or when everything begins with \`scratch\`.
- \`cd\` is told of where a RUN begins with it, a missing HEALTHCHECK where there is an EXPOSE, an update of package lists where
  nothing after it can need them, a pipe where something other than \`echo\` or a condition can fail unnoticed.
- Names of images and packages that depend on an argument without a default, a command or a pattern are let be.
- A \`RUN\` is read with a parser for shells. What PowerShell, \`cmd\` or another program reads is let be: after \`SHELL\`,
  in a here-document with a \`#!\` line, on an image of Windows, below \`# hadolint shell=powershell\`.
- hadolint's \`SC\` rules (ShellCheck), BuildKit's InvalidBaseImagePlatform and what dockle finds in the files of an image need
  more than the file.

## Comments that let something be

\`\`\`dockerfile
# check=skip=JSONArgsRecommended
# hadolint global ignore=DL3008,DL3018
FROM node:24
# hadolint ignore=DL3003 # the makefile wants it so
RUN cd /app && make
# trivy:ignore:AVD-DS-0002
USER root
\`\`\`

\`# check=\` at the head counts for the file, as does \`global\`; \`stage\` for the stage below; all others for the instruction
below. Every id of a finding, aliases included, can be named in any of them. Trivy's ids are understood as \`DS-0002\`,
\`AVD-DS-0002\` and \`DS002\`.

${texts.join("\n")}`,
);

function describe({
  id,
  source,
  severity,
  title,
  why,
  fix,
  aliases,
  url,
  optIn,
}: (typeof dockerfileRules)[number]): string {
  const also = aliases.length > 0 ? `Also known as ${aliases.join(", ")}. ` : "";
  const link = url === undefined ? "" : `[As published](${url}).`;
  const off = optIn === true ? ", off unless it is switched on" : "";
  const last = `${also}${link}`.trim();
  return [
    `### ${id} (${source}, ${severity}${off})\n`,
    `${escaped(title)}. ${escaped(why)}\n`,
    `**Fix:** ${escaped(fix)}\n`,
    ...(last === "" ? [] : [`${last}\n`]),
  ].join("\n");
}

/** What Markdown would take for markup. */
function escaped(text: string): string {
  return text.replaceAll(/[*_<>]/g, String.raw`\$&`);
}
