import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { embeddedLauncher } from "../../../../hosting/src/launchers/embedded-launcher.ts";
import { resolvePeer } from "../../../../hosting/src/launchers/resolve-peer.ts";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { launch, launcherOf, probeContext } from "../../../fixtures/launchers/run-launcher.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-embedded-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function install(folder: string, manifest: object): Promise<void> {
  const path = join(folder, "node_modules", "@acme", "engine");
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "package.json"), JSON.stringify({ name: "@acme/engine", ...manifest }));
  for (const file of ["a.js", "b.cjs", "index.js"])
    await writeFile(join(path, file), "export const answer = 42;\n");
}

function engine(host: ModelBuilder): void {
  host.addResource({
    name: "engine",
    kind: "engine",
    launchers: [
      embeddedLauncher({
        module: pathToFileURL(join(directory, "server.mjs")),
        peers: ["@acme/engine"],
        extras: { "@acme/extra": "extras are missing" },
        because: "the engine serves",
        command: async () => ({ args: ["--flag"] }),
      }),
    ],
  });
}

describe("a peer", () => {
  test.each([
    [{ exports: "./a.js" }, "a.js"],
    [{ exports: { ".": { require: "./b.cjs", import: { types: "./a.d.ts", default: "./a.js" } } } }, "a.js"],
    [{ exports: { types: "./a.d.ts", import: "./a.js" } }, "a.js"],
    [{ main: "b.cjs" }, "b.cjs"],
    [{}, "index.js"],
  ])("is found by its manifest %j", async (manifest, file) => {
    await install(directory, manifest);
    const inner = join(directory, "apps", "shop");
    await mkdir(inner, { recursive: true });
    expect((await resolvePeer("@acme/engine", [inner]))?.href).toMatch(new RegExp(`/@acme/engine/${file}$`));
    expect(await resolvePeer("@acme/none", [inner])).toBeUndefined();
  });
});

describe("an embedded launcher", () => {
  test("names the package that is missing and how to get it", async () => {
    const host = new ModelBuilder({ directory });
    engine(host);
    const context = probeContext(host, { resource: "engine" });
    expect(await launcherOf(context.resource, "embedded").probe(context)).toEqual({
      works: false,
      because: "@acme/engine is not installed",
      remedy: "Install it in the AppHost's folder: npm install --save-dev @acme/engine",
    });
  });

  test("says what it does without, and runs its program in this runtime with the packages of the AppHost", async () => {
    await install(directory, { exports: "./a.js", type: "module" });
    await writeFile(
      join(directory, "server.mjs"),
      `const { answer } = await import(JSON.parse(process.env.DEXT_PEERS)["@acme/engine"]);
       console.log(answer, ...process.argv.slice(2));`,
    );
    const host = new ModelBuilder({ directory });
    engine(host);
    const context = probeContext(host, { resource: "engine" });
    expect(await launcherOf(context.resource, "embedded").probe(context)).toEqual({
      works: true,
      because: "the engine serves; extras are missing (install @acme/extra)",
    });
    const launched = await launch(host, { resource: "engine", launcher: "embedded" });
    await expect.poll(() => launched.output()).toBe("42 --flag\n");
    await launched.stop();
  });
});
