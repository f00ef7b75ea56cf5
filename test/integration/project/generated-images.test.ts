import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detectProject } from "@dext/project";
import { planDockerfile } from "@dext/project/dockerfile";
import { dext } from "../../fixtures/cli/dext-process.ts";
import { docker, isPodman, useDockerEngine } from "../../fixtures/docker-engine.ts";
import type { TestEngine } from "../../fixtures/docker-engine.ts";
import {
  bunImage,
  denoBuilderImage,
  dockerCommand,
  hasNpm,
  ImageTester,
  nodeBuilderImage,
} from "../../fixtures/dockerfile/build-engine.ts";
import { expectContents, expectRun } from "../../fixtures/dockerfile/expect-image.ts";
import {
  leaveOutOtherPlatformsInside,
  nameOtherPlatforms,
  outsideEnvironment,
  outsideFolder,
} from "../../fixtures/generators/outside-folder.ts";
import type { OutsideFolder } from "../../fixtures/generators/outside-folder.ts";
import { everyChoice, flagsOf, nameOf, pairwiseChoices } from "../../fixtures/generators/service-choices.ts";
import { packageManagerPrograms } from "../../fixtures/package-managers.ts";
import type { ServiceChoice } from "../../fixtures/generators/service-choices.ts";

/** `DEXT_TEST_GENERATED=all`: every service, and some of those that other package managers install; or one manager's name. */
const chosen = process.env["DEXT_TEST_GENERATED"] ?? "";
const short = ["node-openapi", "deno-worker"];
const everything: Readonly<Record<string, readonly ServiceChoice[]>> = {
  ...pairwiseChoices,
  npm: everyChoice,
};
const sets: Readonly<Record<string, readonly ServiceChoice[]>> =
  chosen === ""
    ? { npm: everyChoice.filter((choice) => short.includes(nameOf(choice))) }
    : Object.fromEntries(Object.entries(everything).filter(([name]) => chosen === "all" || name === chosen));
const isAble = docker.available && !isPodman && dockerCommand !== undefined && hasNpm;

describe.skipIf(!isAble)(`the image of a generated service ${docker.reason}`, { timeout: 300_000 }, () => {
  let used: TestEngine;
  let images: ImageTester;

  beforeAll(async () => {
    used = await useDockerEngine();
    images = new ImageTester(used);
  }, 90_000);

  afterAll(async () => {
    await used?.release();
  });

  describe.each(Object.entries(sets))("that %s installs", (packageManager, choices) => {
    let outside: OutsideFolder;

    beforeAll(async () => {
      outside = await outsideFolder();
      const { folder, shop } = outside;
      const env = outsideEnvironment();
      const options = ["--package-manager", packageManager, "--no-install"];
      const made = ["new", "app", "shop", "--kind", "plain", "--no-git", ...options];
      await succeed(made, { folder, env });
      for (const choice of choices) {
        await succeed(["new", "service", nameOf(choice), ...flagsOf(choice), ...options], {
          folder: shop,
          env,
        });
      }
      if (packageManager === "yarn") await leaveOutOtherPlatformsInside(outside);
      await promisify(execFile)(packageManager, ["install"], { cwd: shop.path, env });
      if (packageManager === "npm") await nameOtherPlatforms(outside);
      const folders = choices.map((choice) => `services/${nameOf(choice)}`);
      await succeed(["dockerfile", ...folders], { folder: shop, env });
    }, 180_000);

    afterAll(() => outside.remove());

    it.each(choices.map((choice) => ({ ...choice, name: nameOf(choice) })))(
      "$name builds, holds what it needs, runs without rights, tells its health and ends in order",
      async ({ name, runtime }) => {
        const folder = await realpath(join(outside.shop.path, "services", name));
        // Only for the places of the files: what is built is what the command has written.
        const plan = await planDockerfile(await detectProject(folder));
        const tag = `dext-test/generated-${packageManager}-${name}:${process.pid}`;
        const buildBase = await nodeBuilderImage(used);
        const base = await { node: nodeBuilderImage, deno: denoBuilderImage, bun: testedBun }[runtime](used);
        try {
          await images.build(plan, { base, buildBase, tag });
          await expectContents(images, {
            tag,
            present: [`app/services/${name}/src/main.ts`, `app/services/${name}/src/config.ts`],
            absent: [
              `${name}/test/`,
              "/vitest",
              "/typescript/",
              "/oxlint",
              "/hosting/",
              "apphost.ts",
              "web/src",
              "vendor/dext/",
            ],
          });
          // A stop that is not heard takes the whole ten seconds.
          expect(await expectRun(images, { tag, within: 5000 })).toHaveProperty("stopTook");
        } finally {
          await images.docker(["rmi", "--force", tag]).catch(() => {});
        }
      },
    );
  });
});

async function succeed(...[args, options]: Parameters<typeof dext>): Promise<void> {
  const { code, stderr } = await dext(args, options);
  if (code !== 0) throw new Error(stderr);
}

/** The Bun that generated services are tested with. */
async function testedBun(engine: TestEngine): Promise<string> {
  return bunImage(engine, await realpath(join(packageManagerPrograms() ?? "", "bun")));
}
