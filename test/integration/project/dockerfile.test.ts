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
import {
  denoPackagesTree,
  denoTree,
  denoWorkspaceTree,
  lockText,
  offlineLock,
  workspaceTree,
} from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";
import { waitUntil } from "../../fixtures/processes/wait-until.ts";

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
}

const absent = [
  "/src/",
  ".env",
  ".pem",
  ".test.",
  "_test.ts",
  "packages/other",
  "is-even",
  "is-odd",
  "left-pad",
  "build.config",
];

function workspaceSample(name: string, tree: () => Promise<ProjectTree>): Sample {
  const present = ["app/services/api/dist/main.js", "app/packages/lib/index.js"];
  return { name, runtime: "node", folder: "services/api", source: "src/main.js", tree, absent, present };
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
    absent: absent.filter((part) => part !== "/src/"),
    present: ["app/main.ts", "app/src/port.ts"],
  },
];

/** What is fetched from the registry takes minutes: with DEXT_TEST_DOCKERFILES=all. */
const online: readonly Sample[] = [
  workspaceSample("a member of an npm workspace with packages", async () => ({
    ...workspaceTree({ range: "*", packageManager: "", packages: true }),
    "package.json": rootManifest(),
    "package-lock.json": await lockText("package-lock.json"),
  })),
  workspaceSample("a member of a pnpm workspace with packages", async () => ({
    ...workspaceTree({ range: "workspace:*", packageManager: "pnpm@10.20.0", packages: true }),
    "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - services/*\n",
    "pnpm-lock.yaml": await lockText("pnpm-lock.yaml"),
  })),
  {
    ...workspaceSample("a member of a pnpm workspace with packages that are injected", async () => ({
      ...workspaceTree({ range: "workspace:*", packageManager: "pnpm@10.20.0", packages: true }),
      "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - services/*\ninjectWorkspacePackages: true\n",
      "pnpm-lock.yaml": await lockText("pnpm-lock-injected.yaml"),
    })),
    present: ["app/services/api/dist/main.js", "app/services/api/node_modules/hono"],
  },
  workspaceSample("a member of a Yarn 1 workspace with packages", async () => ({
    ...workspaceTree({ range: "1.0.0", packageManager: "yarn@1.22.22", packages: true }),
    "yarn.lock": await lockText("yarn-classic.lock"),
  })),
  workspaceSample("a member of a Yarn 4 workspace with packages", async () => ({
    ...workspaceTree({ range: "workspace:*", packageManager: "yarn@4.10.3", packages: true }),
    ".yarnrc.yml": "nodeLinker: node-modules\n",
    "yarn.lock": await lockText("yarn-berry.lock"),
  })),
  workspaceSample("a member of a Bun workspace with packages", async () => ({
    ...workspaceTree({ range: "workspace:*", packageManager: "bun@1.3.0", packages: true }),
    "bun.lock": await lockText("bun.lock"),
  })),
  {
    name: "a Deno project with packages",
    runtime: "deno",
    folder: ".",
    source: "main.ts",
    tree: async () => ({ ...denoPackagesTree, "deno.lock": await lockText("deno.lock") }),
    absent: ["node_modules"],
    present: ["app/main.ts", "app/deno.lock"],
  },
  {
    name: "a member of a Deno workspace",
    runtime: "deno",
    folder: "services/edge",
    source: "main.ts",
    tree: async () => denoWorkspaceTree,
    absent: ["packages/other/mod.ts"],
    present: ["app/services/edge/main.ts", "app/packages/lib/mod.ts"],
  },
];

function rootManifest(): object {
  return {
    name: "root",
    private: true,
    workspaces: ["packages/*", "services/*"],
    devDependencies: { "is-odd": "3.0.1" },
  };
}

const chosen = process.env["DEXT_TEST_DOCKERFILES"] ?? "";
const samples = [...offline, ...online].filter((sample) =>
  chosen === "" ? offline.includes(sample) : chosen === "all" || sample.name.includes(chosen),
);
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
    "$name builds, runs without rights, tells its health, ends in order and is built again from the cache",
    async (sample) => {
      const root = await projectTree(await sample.tree());
      const directory = join(root, sample.folder);
      const plan = await planDockerfile(await detectProject(directory));
      await writePlan(plan);
      const base = await (sample.runtime === "node" ? nodeBuilderImage(used) : denoBuilderImage(used));
      const tag = `dext-test/built-${samples.indexOf(sample)}:${process.pid}`;
      try {
        await images.build(plan, { base, tag });
        await expectContents(tag, sample);
        await expectRun(tag);
        // Never the same: what earlier runs have built is in the engine's cache.
        await appendFile(join(directory, sample.source), `\n// ${randomUUID()}\n`);
        const { steps } = await images.build(plan, { base, tag });
        const anew = steps.filter(({ isCached }) => !isCached).map(({ text }) => text);
        expect(anew.filter((text) => !/^\[(?:build|runtime|stage-\d+) /.test(text))).toEqual([]);
        expect(anew.filter((text) => / (?:npm ci|install --|focus)/.test(text))).toEqual([]);
        expect(anew.length).toBeGreaterThan(0);
        expect(steps.some(({ isCached }) => isCached)).toBe(true);
      } finally {
        await images.docker(["rmi", "--force", tag]).catch(() => {});
      }
    },
  );

  async function expectContents(tag: string, sample: Sample): Promise<void> {
    const files = await images.filesIn(tag, "app/");
    for (const path of sample.present) expect(files).toContain(path);
    const wrong = files.filter(
      (path) => !path.includes("/node_modules/hono/") && sample.absent.some((part) => path.includes(part)),
    );
    expect(wrong).toEqual([]);
  }

  async function expectRun(tag: string): Promise<void> {
    const id = await images.start(tag);
    try {
      await waitUntil(
        async () => {
          const state = await images.inspect<{ Running: boolean; Health: { Status: string } }>(id, ".State");
          if (!state.Running) throw new Error(await images.docker(["logs", id]));
          return state.Health.Status === "healthy";
        },
        { timeout: 30_000, what: () => "the container is healthy" },
      );
      expect(await images.inspect(id, ".Config.User")).toBe("1000:1000");
      expect(await images.docker(["exec", id, "cat", "/proc/1/status"])).toMatch(
        /^Uid:\s+1000\s+1000\s+1000\s+1000$/m,
      );
      const began = performance.now();
      await images.docker(["stop", "--time", "10", id]);
      const took = performance.now() - began;
      expect(await images.inspect(id, ".State.ExitCode")).toBe(0);
      // A stop that is not heard takes the whole ten seconds; one that is heard less than one, on a machine with time.
      expect(took).toBeLessThan(chosen === "" ? 5000 : 1000);
    } finally {
      await images.docker(["rm", "--force", id]);
    }
  }
});
