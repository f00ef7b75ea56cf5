import { Buffer } from "node:buffer";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detectProject } from "@dext/project";
import type { ProjectDescription } from "@dext/project";
import { ImageContent } from "../../../../cli/src/dockerfile/check/image-content.ts";
import { workspaceTree } from "../../../fixtures/dockerfile/sample-projects.ts";
import { projectTree } from "../../../fixtures/project-tree.ts";

interface Image {
  workingDirectory?: string;
  developmentDependencies?: readonly string[];
  /** Path → text. */
  files: Readonly<Record<string, string>>;
}

async function api(): Promise<ProjectDescription> {
  const root = await projectTree(
    workspaceTree({ range: "1.0.0", packageManager: "npm@11.6.0", packages: true }),
  );
  return detectProject(join(root, "services/api"));
}

/** What is wrong, by the name of the check. */
function wrongIn(
  project: ProjectDescription,
  { workingDirectory = "/app/services/api", developmentDependencies = ["vitest", "vite"], files }: Image,
): Record<string, string> {
  const content = new ImageContent({ project, workingDirectory, developmentDependencies });
  for (const [path, text] of Object.entries(files)) {
    const header = { path, type: "file", size: text.length } as const;
    content.see(content.wants(header) ? { ...header, content: Buffer.from(text) } : header);
  }
  return Object.fromEntries(
    content.rows().flatMap(({ check, result, found }) => (result === "failed" ? [[check, found]] : [])),
  );
}

const files = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, ""]));

describe("the content of an image", () => {
  it("is in order where it is what a build and production need", async () => {
    const fine = files(
      "app/services/api/dist/main.js",
      "app/services/api/dist/main.d.ts",
      "app/services/api/package.json",
      "app/packages/lib/index.js",
      "app/packages/lib/package.json",
      // Some package managers want the manifests of all members.
      "app/packages/other/package.json",
      "app/node_modules/hono/package.json",
      "app/node_modules/hono/src/index.ts",
      "app/node_modules/hono/index.test.js",
      "app/node_modules/hono/.env",
      "app/.env.example",
      // Of the base image.
      "etc/ssl/private/key.pem",
      "usr/local/lib/node_modules/npm/package.json",
      "usr/lib/python3/test/x_test.js",
      "opt/yarn-v1.22.22/lib/cli.js",
    );
    expect(wrongIn(await api(), { files: fine })).toEqual({});
  });

  it("names packages for developing, unless one of production needs them too", async () => {
    const project = await api();
    const both = files("app/node_modules/vitest/package.json", "app/node_modules/vite/package.json");
    expect(wrongIn(project, { files: both })).toEqual({
      "development-dependencies": "/app/node_modules/vitest, /app/node_modules/vite",
    });
    const needed = {
      ...both,
      "app/node_modules/vitepress/package.json": '{ "dependencies": { "vite": "7" } }',
    };
    expect(wrongIn(project, { files: needed })).toEqual({
      "development-dependencies": "/app/node_modules/vitest",
    });
    const pnpm = files("app/node_modules/.pnpm/vitest@4.0.0/node_modules/vitest/package.json");
    expect(wrongIn(project, { files: pnpm })).toHaveProperty("development-dependencies");
  });

  it("names sources, secrets, tests and other members, wherever the project was put", async () => {
    const project = await api();
    for (const root of ["app", "usr/src/app", "usr/lib/app", "srv"]) {
      const workingDirectory = `/${root}/services/api`;
      const wrong = files(
        `${root}/services/api/src/main.js`,
        `${root}/services/api/tool.ts`,
        `${root}/services/api/.env`,
        `${root}/services/api/.env.production`,
        `${root}/services/api/server.pem`,
        `${root}/services/api/dist/main.test.js`,
        `${root}/services/api/test/all.js`,
        `${root}/packages/other/index.js`,
      );
      expect(wrongIn(project, { workingDirectory, files: wrong })).toEqual({
        sources: `/${root}/services/api/src/main.js, /${root}/services/api/tool.ts`,
        secrets: ["/.env", "/.env.production", "/server.pem"]
          .map((name) => `/${root}/services/api${name}`)
          .join(", "),
        tests: `/${root}/services/api/dist/main.test.js, /${root}/services/api/test/all.js`,
        workspace: `/${root}/packages/other/index.js`,
      });
    }
  });

  it("knows secrets in homes, histories and settings", async () => {
    const project = await api();
    const secret = (path: string, text = ""): boolean =>
      "secrets" in wrongIn(project, { files: { [path]: text } });
    expect(
      ["root/.ssh/id_ed25519", "app/.git/config", "home/node/.docker/config.json", "root/.netrc"].map(
        (path) => secret(path),
      ),
    ).toEqual([true, true, true, true]);
    expect(secret("app/.npmrc", "//npm.example.com/:_authToken=abc")).toBe(true);
    expect(secret("root/.npmrc", "//npm.example.com/:_authToken=${NPM_TOKEN}")).toBe(false);
    expect(secret("app/.yarnrc.yml", 'npmAuthToken: "abc"')).toBe(true);
    expect(secret("app/.yarnrc.yml", 'npmAuthToken: "${TOKEN:-}"')).toBe(false);
    expect(["app/.env.example", "app/.envrc.md", "app/keys.ts"].map((path) => secret(path))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("names the first of many", async () => {
    const many = files(...Array.from({ length: 9 }, (_, index) => `app/services/api/src/${index}.js`));
    expect(wrongIn(await api(), { files: many })["sources"]).toMatch(/^\/app\S+, \S+, \S+ and 6 more$/);
  });
});
