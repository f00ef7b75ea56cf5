import { memberPath } from "./image-member.ts";
import { secretly, secretMounts } from "./install-commands.ts";
import { copy, shellWord } from "./instruction-list.ts";
import type { InstructionList } from "./instruction-list.ts";
import { runtimeFiles } from "./runtime-files.ts";
import { addOwnFiles } from "./node-stages.ts";
import type { StageOptions } from "./node-stages.ts";

/** The stages up to the last one, which is begun with the files that the program needs; for what Deno installs itself. */
export function addDenoStages(list: InstructionList, { image, start }: StageOptions): void {
  const { project, install, self } = image;
  const build = project.build?.value.kind === "script" && start.isBuilt ? project.build : undefined;
  const manifests = [...new Set([...install.manifests, ...install.files.map(({ path }) => path)])];
  const atRoot = manifests.filter((path) => !path.includes("/"));
  const frozen = project.lockFile === undefined ? "" : " --frozen";

  list.stage("base", {
    as: "dependencies",
    because: "what is imported by name changes less often than the sources",
  });
  const addManifests = (): void => {
    if (atRoot.length > 0)
      list.add(copy(atRoot, "./"), { because: "Deno's configuration and its lock file" });
    for (const path of manifests.filter((each) => each.includes("/"))) {
      const because = "the configuration at the root names this member, and Deno wants all of them";
      list.add(copy([path], `./${path.slice(0, path.lastIndexOf("/") + 1)}`), { because });
    }
  };
  addManifests();
  if (project.lockFile !== undefined) {
    const because = "exactly what the lock file says is fetched, or the build fails";
    const text = secretly(image, "deno install --frozen");
    list.run({ mounts: secretMounts(image), commands: [{ text, because, file: project.lockFile.file }] });
  }

  list.stage("dependencies", {
    as: "build",
    because: "the sources come after everything that changes less often",
  });
  list.add("COPY . .", { because: "only what the .dockerignore lists is in the context" });
  if (build?.value.kind === "script") {
    const cwd = self.path === "." ? "" : ` --cwd ${shellWord(self.path)}`;
    list.run({
      commands: [
        {
          text: `deno task${cwd} ${shellWord(build.value.script)}`,
          because: build.because,
          file: build.file,
          line: build.line,
        },
      ],
    });
  }
  if (start.file !== undefined) {
    const words = [
      "deno",
      "install",
      ...frozen.trim().split(" ").filter(Boolean),
      "--entrypoint",
      memberPath(self, start.file),
    ];
    const text = secretly(image, words.map((word) => shellWord(word)).join(" "));
    list.run({
      mounts: secretMounts(image),
      commands: [
        {
          text,
          because: "what the sources import by address is fetched too, so that nothing is when they run",
        },
        {
          text: "rm -f /deno-dir/*_cache_v* && mkdir -p /deno-dir/gen && mv /deno-dir/gen /deno-gen",
          because: "what comes of the sources goes apart, else every edit would make the modules a new layer",
        },
      ],
    });
  }

  list.stage("base", { as: "runtime", because: "what runs: nothing is fetched any more" });
  list.add(copy(["/deno-dir/"], "/deno-dir/", { from: "build" }), {
    because: "the modules that were fetched",
  });
  addManifests();
  if (project.deno?.nodeModulesDir !== undefined && project.deno.nodeModulesDir.value !== "none") {
    const { file, line } = project.deno.nodeModulesDir;
    list.add(copy(["/app/node_modules/"], "./node_modules/", { from: "build" }), {
      because: '"nodeModulesDir" asks for it',
      file,
      line,
    });
  }
  for (const member of image.members.filter(({ isProduction, isProject }) => isProduction && !isProject)) {
    for (const { sources, target, because } of runtimeFiles(member, { isBuilt: false, start })) {
      list.add(copy(sources, target), { because });
    }
  }
  addOwnFiles(list, { image, isBuilt: build !== undefined, start });
  if (start.file !== undefined) {
    list.add(copy(["/deno-gen/"], "/deno-dir/gen/", { from: "build" }), {
      because: "the sources without types, so that a start does not have to strip them",
    });
  }
}
