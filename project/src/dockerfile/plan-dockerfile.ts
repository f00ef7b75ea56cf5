import { basename } from "node:path";
import type { Finding, ProjectDescription, ProjectWarning } from "../description.ts";
import { chooseBaseImage } from "./base-image.ts";
import { checkProject } from "./check-project.ts";
import { addDenoStages } from "./deno-stages.ts";
import type { DockerfilePlan, DockerfileProfile } from "./dockerfile-plan.ts";
import { addHealthCheck, imagePort } from "./health-check.ts";
import type { ImagePort } from "./health-check.ts";
import { ignoreFileText } from "./ignore-file.ts";
import { memberPath } from "./image-member.ts";
import { readImageProject } from "./image-project.ts";
import type { ImageProject } from "./image-project.ts";
import { escaped, exec, InstructionList, quotedValue, shellWord } from "./instruction-list.ts";
import { addNodeStages } from "./node-stages.ts";
import type { StageOptions } from "./node-stages.ts";
import { withReachedEntries } from "./reached-entries.ts";
import { startCommand } from "./start-command.ts";

export interface PlanDockerfileOptions {
  /** `portable`, unless given: nothing that Docker 20.10 or Buildah 1.28 does not know. `modern` may use newer syntax. */
  profile?: DockerfileProfile | undefined;
  /** Gives up, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * The Dockerfile of a project and its `.dockerignore`, as data. Reads files; nothing is written, run or fetched.
 *
 * A member of a workspace is built from the workspace's root, with the packages that it needs and no others.
 *
 * @throws DextError `DEXT_DOCKERFILE_…` when no image could be built, or none that starts.
 *
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { detectProject } from "@dext/project";
 * import { planDockerfile } from "@dext/project/dockerfile";
 *
 * const folder = await mkdtemp(join(tmpdir(), "api-"));
 * await writeFile(join(folder, "package.json"), '{ "type": "module", "main": "server.js", "engines": { "node": "^22" } }');
 * await writeFile(join(folder, "server.js"), 'console.log("hello");');
 * const { dockerfile } = await planDockerfile(await detectProject(folder));
 * if (!dockerfile.text.includes('CMD ["node", "server.js"]')) throw new Error(dockerfile.text);
 * ```
 */
export async function planDockerfile(
  project: ProjectDescription,
  options: PlanDockerfileOptions = {},
): Promise<DockerfilePlan> {
  const { profile = "portable", signal } = options;
  const read = await readImageProject(project, { signal });
  await checkProject(read);
  const base = chooseBaseImage(read);
  const { image, start } = await withReachedEntries({ image: read, start: await startCommand(read) });
  noteFindings(image, { base, start, image });
  const list = new InstructionList({ links: profile === "modern" });
  addHead(list, { base, profile, image });
  const usesDeno = project.runtime.value === "deno" && image.manager.name === "deno";
  if (usesDeno) addDenoStages(list, { base, start, image });
  else addNodeStages(list, { base, start, image });
  addEnd(list, { base, start, image });

  const path = memberPath(image.self, "Dockerfile");
  const isInContext = image.self.path === ".";
  const name = imageName(project);
  return {
    version: 1,
    directory: project.directory,
    context: image.context,
    dockerfile: { path, text: list.text() },
    ignoreFile: {
      path: isInContext ? ".dockerignore" : `${path}.dockerignore`,
      text: ignoreFileText(image),
    },
    lines: list.explained(),
    findings: image.findings,
    warnings: unique([...project.warnings, ...image.inspection.warnings, ...image.warnings]),
    secrets: image.secrets,
    build: [
      "docker",
      "build",
      ...(isInContext ? [] : ["--file", path]),
      ...image.secrets.flatMap(({ id, from }) => {
        const file = image.install.secretFiles.find((each) => each.id === id)?.path ?? id;
        return ["--secret", from === "file" ? `id=${id},src=${file}` : `id=${id},env=${id}`];
      }),
      "--tag",
      name,
      ".",
    ],
  };
}

interface HeadOptions {
  base: StageOptions["base"];
  profile: DockerfileProfile;
  image: ImageProject;
}

function addHead(list: InstructionList, { base, profile, image }: HeadOptions): void {
  if (profile === "modern") {
    list.add("# syntax=docker/dockerfile:1", {
      because: "the newest stable syntax is fetched, whatever the engine's own is",
    });
  }
  if (image.self.path !== ".") {
    const path = shellWord(memberPath(image.self, "Dockerfile"));
    // addDockerfile of @dext/hosting goes by it, too.
    list.add(`# Built from the workspace's root: docker build --file ${path} .`, {
      because: "the packages of the workspace that the project needs lie outside of its folder",
    });
  }
  list.add("ARG REGISTRY=docker.io", { because: "a mirror can stand in for the public registry" });
  list.add(`ARG BASE_IMAGE=${base.image}`, base);
  if (base.buildImage !== undefined) {
    list.add(`ARG BUILD_IMAGE=${base.buildImage}`, { because: "where packages are installed and built" });
  }
  list.stage("${REGISTRY}/${BASE_IMAGE}", { as: "base", because: "what all stages share" });
  list.add("WORKDIR /app", { because: "a folder of its own, which belongs to root" });
  if (image.project.runtime.value === "deno") {
    list.add("ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1", {
      because: "modules lie where the last stage finds them, and nothing asks for newer versions of Deno",
    });
  }
}

function addEnd(list: InstructionList, { image, start }: StageOptions): void {
  const { project } = image;
  const port = imagePort(image, start);
  addEnvironment(list, { image, port, start });
  addLabels(list, project);
  list.add("USER 1000:1000", {
    because:
      "the program does not run as root, and can write to none of its files; numbers, since Kubernetes checks them",
  });
  if (port !== undefined) list.add(`EXPOSE ${port.port}`, port);
  addHealthCheck(list, { image, port });
  list.add(`CMD ${exec(start.words)}`, {
    because: `started without a shell, so that a stop signal reaches it: ${start.reason.because}`,
    file: start.reason.file,
    line: start.reason.line,
  });
}

function addEnvironment(
  list: InstructionList,
  { image, port, start }: { image: ImageProject; port: ImagePort | undefined; start: StageOptions["start"] },
): void {
  const { framework, runtime } = image.project;
  // Deno would look for all members that the root's package.json names, and only those that are needed are there.
  const denoOfWorkspace =
    image.manager.name !== "deno" && image.self.path !== "." ? ["DENO_NO_PACKAGE_JSON=1"] : [];
  const production = runtime.value === "deno" ? denoOfWorkspace : ["NODE_ENV=production"];
  const portVariable = port === undefined ? [] : [`PORT=${port.port}`];
  // Sites listen on localhost only, which nothing outside of a container reaches.
  const host = framework?.value.kind === "site" ? ["HOST=0.0.0.0", "HOSTNAME=0.0.0.0"] : [];
  const set = [...production, ...portVariable, ...host];
  const own = [...start.environment]
    .filter(([name]) => !set.some((variable) => variable.startsWith(`${name}=`)))
    .map(([name, value]) => `${name}=${/^[\w./:@-]+$/.test(value) ? value : quotedValue(value)}`);
  // Where npm and others put the programs of a member's packages: beside it, or at the root.
  const paths =
    start.isOfPackage && image.self.path !== "."
      ? [`PATH="/app/${escaped(image.self.path)}/node_modules/.bin:/app/node_modules/.bin:\${PATH}"`]
      : [];
  const variables = [...set, ...own, ...paths];
  if (variables.length === 0) return;
  const because =
    port === undefined
      ? "packages are to behave as in production"
      : `packages are to behave as in production; the port: ${port.because}`;
  list.add(`ENV ${variables.join(" ")}`, { because, file: port?.file, line: port?.line });
}

function addLabels(list: InstructionList, { name, version, directory }: ProjectDescription): void {
  list.add(`ARG VERSION=${quotedValue(version ?? "")}`, {
    because: "a pipeline can give the version that it builds",
  });
  list.add('ARG REVISION=""', { because: "a pipeline can give the commit that it builds" });
  const title = quotedValue(name ?? basename(directory));
  const because =
    "what the image is, in the labels of the Open Container Initiative; late, since they change with every commit";
  list.add(`LABEL org.opencontainers.image.title=${title} \\`, { because });
  list.add('    org.opencontainers.image.version="${VERSION}" \\', { because });
  list.add('    org.opencontainers.image.revision="${REVISION}"', { because });
}

function noteFindings(
  {
    findings,
    manager,
    project,
    members,
    warnings,
    ownScripts,
    installTime,
    install,
    self,
    rootManifest,
  }: ImageProject,
  { start }: StageOptions,
): void {
  const { runtime, lockFile } = project;
  findings.push({ subject: "runtime", value: runtime.value, because: runtime.because, ...placeOf(runtime) });
  findings.push({
    subject: "package manager",
    value: manager.version === undefined ? manager.name : `${manager.name} ${manager.version}`,
    because: manager.because,
    ...placeOf(manager),
  });
  if (lockFile !== undefined) {
    findings.push({
      subject: "lock file",
      value: lockFile.value.path,
      because: lockFile.because,
      ...placeOf(lockFile),
    });
  }
  findings.push({
    subject: "start",
    value: start.words.join(" "),
    because: start.reason.because,
    ...placeOf(start.reason),
  });
  for (const member of project.workspace?.closure ?? []) {
    findings.push({
      subject: "workspace package",
      value: member.path,
      because: member.because,
      ...placeOf(member),
    });
  }
  for (const { buildScript, name } of members) {
    if (buildScript !== undefined)
      findings.push({
        subject: "build",
        value: `${name}: ${buildScript.value}`,
        because: buildScript.because,
        ...placeOf(buildScript),
      });
  }
  for (const addon of installTime.native) {
    findings.push({
      subject: "native add-on",
      value: addon.value,
      because: addon.because,
      ...placeOf(addon),
    });
  }
  for (const script of ownScripts) {
    // What the root prepares is there for whoever works on the whole of it.
    if (self.path !== "." && script.file === rootManifest?.file && script.value.includes("prepare")) continue;
    // Git's hooks are for whoever commits.
    if (/\b(?:husky|lefthook|simple-git-hooks)\b/.test(script.because)) continue;
    if (
      install.appliesPatches !== undefined &&
      /^(?:npx )?patch-package\b[^&|;]*$/.test(scriptText(script))
    ) {
      if (install.appliesPatches === "always") continue;
      const message =
        'The image runs without the patches in "patches", since production has no "patch-package"; put it into "dependencies" of the project';
      warnings.push({ code: "needs-attention", message, ...placeOf(script), onlyFor: "image" });
      continue;
    }
    const message = `An install in the image does not run "${script.value}", since the sources are not there yet; put into "build" what the image needs of it`;
    warnings.push({ code: "needs-attention", message, ...placeOf(script), onlyFor: "image" });
  }
  for (const { path, line } of install.secretFiles) {
    const message = "A secret stands here in plain text; take it from an environment variable";
    warnings.push({ code: "needs-attention", message, file: path, line, onlyFor: "image" });
  }
}

// "patch-package" would run
function scriptText({ because }: Finding<string>): string {
  return because.slice(1, because.lastIndexOf('"'));
}

/** Each warning once, without those about running the project here. */
function unique(warnings: readonly ProjectWarning[]): readonly ProjectWarning[] {
  const seen = new Set<string>();
  return warnings.filter(({ code, message, file }) => {
    if (code === "build-output-missing" || code === "port-not-passed") return false;
    const key = JSON.stringify([code, message, file]);
    return !seen.has(key) && seen.add(key);
  });
}

function imageName({ name, directory }: ProjectDescription): string {
  const plain = (name ?? basename(directory)).split("/").at(-1) ?? "";
  return (
    plain
      .toLowerCase()
      .replaceAll(/[^a-z\d]+/g, "-")
      .replaceAll(/^-|-$/g, "") || "app"
  );
}

function placeOf({ file, line }: { file?: string | undefined; line?: number | undefined }): {
  file?: string;
  line?: number;
} {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
