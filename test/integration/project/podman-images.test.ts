import { randomUUID } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { beforeAll, describe, expect, it } from "vitest";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";
import { hasNpm, withNodeBuilder, writePlan } from "../../fixtures/dockerfile/build-engine.ts";
import { matrixTree } from "../../fixtures/dockerfile/matrix.ts";
import { podman, PodmanBuilder } from "../../fixtures/dockerfile/podman-builder.ts";
import { offlineLock, workspaceTree } from "../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../fixtures/project-tree.ts";
import type { ProjectTree } from "../../fixtures/project-tree.ts";
import { waitUntil } from "../../fixtures/processes/wait-until.ts";

const samples: readonly (readonly [name: string, tree: () => Promise<ProjectTree>])[] = [
  [
    "a member of an npm workspace",
    async () => ({
      ...workspaceTree({ range: "1.0.0", packageManager: "", packages: false }),
      "package.json": { name: "root", private: true, workspaces: ["packages/*", "services/*"] },
      "package-lock.json": offlineLock(),
    }),
  ],
  ["npm, member, tsc", () => matrixTree({ manager: "npm", shape: "member", build: "tsc" })],
  ["pnpm, member, stripped", () => matrixTree({ manager: "pnpm", shape: "member", build: "stripped" })],
];
// What comes from the registry takes minutes: with DEXT_TEST_DOCKERFILES=all.
const chosen = process.env["DEXT_TEST_DOCKERFILES"] === "all" ? samples : samples.slice(0, 1);

describe.skipIf(!podman.available || !hasNpm)(`Podman ${podman.reason}`, { timeout: 300_000 }, () => {
  const builder = new PodmanBuilder();
  let base: string;

  beforeAll(async () => {
    base = await withNodeBuilder((options) => builder.makeImage(options));
  }, 120_000);

  it.each(chosen)(
    "builds the same Dockerfile of %s, and runs the image without rights",
    async (_name, tree) => {
      const root = await projectTree(await tree());
      const plan = await planDockerfile(await detectProject(join(root, "services/api")));
      await writePlan(plan);
      const tag = `localhost/dext-test/podman:${randomUUID()}`;
      const name = `dext-test-${randomUUID()}`;
      try {
        await builder.build(plan, { base, tag });
        const strict = ["--read-only", "--read-only-tmpfs=false", "--cap-drop", "ALL", "--network", "none"];
        await builder.podman(["run", "--detach", "--name", name, ...strict, tag]);
        await waitUntil(
          () =>
            builder.podman(["healthcheck", "run", name]).then(
              () => true,
              () => false,
            ),
          { timeout: 30_000, what: () => "the container is healthy" },
        );
        expect(await builder.podman(["exec", name, "cat", "/proc/1/status"])).toMatch(/^Uid:\s+1000\s+1000/m);
        const files = await builder.podman(["exec", name, "ls", "-aR", "/app/services", "/app/packages"]);
        expect(files).not.toMatch(/\.env|server\.pem|main\.test|tsconfig/);
        await builder.podman(["stop", "--time", "10", name]);
        expect(await builder.podman(["inspect", "--format", "{{.State.ExitCode}}", name])).toBe("0\n");
      } finally {
        await builder.podman(["rm", "--force", "--time", "0", name]).catch(() => {});
        await builder.podman(["rmi", "--force", tag]).catch(() => {});
      }
    },
  );
});
