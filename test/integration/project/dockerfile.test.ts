import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";
import { docker, isPodman, useDockerEngine } from "../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../fixtures/docker-engine.ts";
import {
  denoBuilderImage,
  dockerCommand,
  hasNpm,
  ImageTester,
  nodeBuilderImage,
  writePlan,
} from "../../fixtures/dockerfile/build-engine.ts";
import { expectContents, expectRun } from "../../fixtures/dockerfile/expect-image.ts";
import {
  combinations,
  eachManager,
  matrixTree,
  pairwise,
  projectFolder,
} from "../../fixtures/dockerfile/matrix.ts";
import type { Combination } from "../../fixtures/dockerfile/matrix.ts";
import { denoTree, lockText, offlineLock, workspaceTree } from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";

interface Sample {
  name: string;
  runtime: "node" | "deno";
  folder: string;
  /** The source that is edited, relative to the folder. */
  source: string;
  tree: () => Promise<ProjectTree>;
  /** Parts of paths that no image may have. */
  absent: readonly string[];
  present: readonly string[];
  /** What a build runs anew after the edit, in its order; everything else comes from the cache. */
  anew: readonly RegExp[];
}

/** Secrets, tests, packages of the workspace that are not needed, and packages of the registry for developing only. */
const absent = [
  ".env .pem .test. _test.ts build.config tsconfig .npmrc packages/other services/web",
  "is-even is-odd left-pad node_modules/once node_modules/typescript node_modules/.bin/tsc @types/node",
].flatMap((line) => line.split(" "));

function combined(combination: Combination): Sample {
  const { manager, shape, build } = combination;
  const folder = projectFolder(combination);
  const own = folder === "." ? "app" : `app/${folder}`;
  const isDeno = manager === "deno";
  const isCompiled = build === "tsc";
  const library = isCompiled ? "packages/shared/dist/mod.js" : "packages/shared/src/mod.ts";
  return {
    name: `${manager}, ${shape}, ${build}`,
    runtime: isDeno ? "deno" : "node",
    folder,
    source: "src/main.ts",
    tree: () => matrixTree(combination),
    // Deno wants to see all members that its configuration names.
    absent: isDeno
      ? absent.map((part) => part.replace("packages/other", "other/src"))
      : [...absent, ...(isCompiled ? ["/src/"] : [])],
    present: [
      `${own}/${isCompiled ? "dist/main.js" : "src/main.ts"}`,
      ...(shape === "member" ? [`app/${library}`, `app/${library.replace("shared", "domain")}`] : []),
    ],
    anew: isDeno
      ? [/ COPY \. \.$/, / RUN deno install .*--entrypoint/, / COPY .*src \.\/src$/, / COPY .*\/deno-gen\/ /]
      : isCompiled
        ? [/ COPY (?:\. \.|services\/api .*)$/, / RUN .*\bbuild\b/, / COPY --from=build .*\/dist \.\/dist$/]
        : [/ COPY .*src \.\/src$/],
  };
}

function workspaceSample(name: string, tree: () => Promise<ProjectTree>): Sample {
  return {
    name,
    runtime: "node",
    folder: "services/api",
    source: "src/main.js",
    tree,
    absent: [...absent, "/src/"],
    present: ["app/services/api/dist/main.js", "app/packages/lib/index.js"],
    anew: [/ COPY services\/api /, / RUN npm run build /, / COPY --from=build .*\/dist \.\/dist$/],
  };
}

/** Without the registry, so they run everywhere. */
const offline: readonly Sample[] = [
  workspaceSample("a member of an npm workspace", async () => ({
    ...workspaceTree({ range: "1.0.0", packageManager: "", packages: false }),
    "package.json": { name: "root", private: true, workspaces: ["packages/*", "services/*"] },
    "package-lock.json": offlineLock(),
  })),
  {
    name: "a Deno project",
    runtime: "deno",
    folder: ".",
    source: "src/port.ts",
    tree: async () => denoTree,
    absent,
    present: ["app/main.ts", "app/src/port.ts"],
    anew: [/ COPY \. \.$/, / RUN deno install .*--entrypoint/, / COPY src \.\/src$/, / COPY .*\/deno-gen\/ /],
  },
];

const injected: Sample = {
  ...workspaceSample("a member of a pnpm workspace whose packages are injected", async () => ({
    ...workspaceTree({ range: "workspace:*", packageManager: "pnpm@10.20.0", packages: true }),
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - services/*\ninjectWorkspacePackages: true\n",
    "pnpm-lock.yaml": await lockText("pnpm-lock-injected.yaml"),
  })),
  present: ["app/services/api/dist/main.js", "app/services/api/node_modules/hono"],
  anew: [
    / COPY services\/api /,
    / RUN pnpm .* run build/,
    / RUN .* deploy /,
    / COPY --from=build \/deploy\/node_modules/,
    / WORKDIR /,
    / COPY --from=build .*\/dist \.\/dist$/,
  ],
};

/** With DEXT_TEST_DOCKERFILES=pairwise, all, or a part of a name more than what a short run has time for. */
const chosen = process.env["DEXT_TEST_DOCKERFILES"] ?? "";
const everything = [...offline, ...combinations.map(combined), injected];
const sets: Readonly<Record<string, readonly Sample[]>> = {
  "": [...offline, ...eachManager.map(combined)],
  pairwise: [...offline, ...pairwise.map(combined)],
  all: everything,
};
const samples = sets[chosen] ?? everything.filter(({ name }) => name.includes(chosen));
const isAble = docker.available && !isPodman && dockerCommand !== undefined && hasNpm;

describe.skipIf(!isAble)(`the image of ${docker.reason}`, { timeout: 300_000 }, () => {
  let used: TestEngine;
  let images: ImageTester;

  beforeAll(async () => {
    used = await useDockerEngine();
    images = new ImageTester(used);
  }, 90_000);

  afterAll(async () => {
    await used?.release();
  });

  it.each(samples)(
    "$name builds, runs without rights, tells its health, ends in order and is built again from the cache but for the edit",
    async (sample) => {
      const root = await projectTree(await sample.tree());
      const directory = join(root, sample.folder);
      const plan = await planDockerfile(await detectProject(directory));
      await writePlan(plan);
      const base = await (sample.runtime === "node" ? nodeBuilderImage(used) : denoBuilderImage(used));
      const tag = `dext-test/built-${samples.indexOf(sample)}:${process.pid}`;
      try {
        await images.build(plan, { base, tag });
        await expectContents(images, { tag, ...sample });
        // A stop that is not heard takes the whole ten seconds; one that is heard less than one, on a machine with time.
        await expectRun(images, { tag, within: chosen === "" ? 5000 : 1000 });
        // Never the same: what earlier runs have built is in the engine's cache.
        await appendFile(join(directory, sample.source), `\nvoid "${randomUUID()}";\n`);
        const { steps } = await images.build(plan, { base, tag });
        const anew = steps.filter(({ isCached }) => !isCached).map(({ text }) => text);
        expect(anew).toEqual(sample.anew.map((step) => expect.stringMatching(step) as unknown));
        expect(steps.length).toBeGreaterThan(anew.length);
      } finally {
        await images.docker(["rmi", "--force", tag]).catch(() => {});
      }
    },
  );
});
