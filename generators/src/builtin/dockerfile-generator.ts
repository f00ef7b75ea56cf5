import { join, relative, sep } from "node:path";
import type { ProjectDescription } from "@dext/project";
import type { DockerfilePlan, DockerfileProfile } from "@dext/project/dockerfile";
import type { GeneratorDefinition } from "../generator/definition.ts";
import { defineGenerator } from "../generator/definition.ts";
import { unitSlug } from "../generator/unit-slug.ts";

/** What {@link createDockerfileGenerator} takes. */
export interface DockerfileGeneratorOptions {
  /** What is known of the project already; else it is looked at. */
  readonly project?: ProjectDescription;
  /** Told what is planned: warnings, reasons, the command to build with. */
  readonly onPlan?: (plan: DockerfilePlan) => void;
}

/**
 * The generator that writes the Dockerfile of one project and its `.dockerignore`: a thin one over `planDockerfile` of
 * `@dext/project`. Each project is a unit of its own, so that an update plans it anew, and merges what was edited.
 */
export function createDockerfileGenerator(options: DockerfileGeneratorOptions = {}): GeneratorDefinition {
  return defineGenerator({
    name: "dockerfile",
    description: "A Dockerfile and its .dockerignore",
    prompts: [
      { name: "path", type: "text", message: "The project's folder", default: "." },
      {
        name: "profile",
        type: "select",
        message: "What the builder can do",
        choices: ["portable", "modern"],
        default: "portable",
      },
    ],
    unit: ({ path }) => `dockerfile-${path === "." ? "root" : unitSlug(String(path))}`,
    async plan(draft, { answers, target }) {
      // Loaded when it is asked for: other generators do without.
      const [{ detectProject }, { planDockerfile }] = await Promise.all([
        import("@dext/project"),
        import("@dext/project/dockerfile"),
      ]);
      const profile = answers["profile"] as DockerfileProfile;
      const project = options.project ?? (await detectProject(join(target, String(answers["path"]))));
      const plan = await planDockerfile(project, { profile });
      options.onPlan?.(plan);
      for (const { path, text } of [plan.dockerfile, plan.ignoreFile]) {
        draft.add({ path: relative(target, join(plan.context, path)).split(sep).join("/"), text });
      }
    },
  });
}
