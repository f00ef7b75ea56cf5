import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packPackages } from "../../scripts/pack-packages.ts";
import { root } from "../../scripts/packages.ts";
import { cleanEnvironment } from "../fixtures/apphost-process.ts";

const run = promisify(execFile);
const fixture = join(root, "test/fixtures/mailbox");
let folder = "";

/** A package of its own outside the workspaces, with Dext installed from what would be published. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-mailbox-"));
  await cp(fixture, folder, { recursive: true });
  const tarballs = await packPackages(join(folder, "vendor"));
  const dependencies = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  const manifest = {
    name: "mailbox",
    version: "1.0.0",
    type: "module",
    dependencies,
    overrides: dependencies,
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    env: cleanEnvironment(),
  });
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

function environment(): NodeJS.ProcessEnv {
  return { ...cleanEnvironment(), DEXT_RUNTIME_DIRECTORY: join(folder, "rt") };
}

describe("an integration outside the workspaces, on packed packages", () => {
  it("has types that check", async () => {
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--types",
      "node",
      "--erasableSyntaxOnly",
    ];
    const { stdout } = await run(
      join(root, "node_modules/.bin/tsc"),
      [
        ...options,
        "--typeRoots",
        join(root, "node_modules/@types"),
        "--allowImportingTsExtensions",
        "apphost.ts",
        "mailbox.ts",
      ],
      { cwd: folder },
    );
    expect(stdout).toBe("");
  }, 60_000);

  it("adds a kind of resource with its own endpoints, connection string and health check", async () => {
    const { stdout } = await run(join(folder, "node_modules/.bin/dext"), ["describe", "--json"], {
      cwd: folder,
      env: environment(),
    });
    const { resources } = JSON.parse(stdout) as { resources: Record<string, unknown>[] };
    const [mailbox, sender] = resources;
    expect(mailbox).toMatchObject({
      name: "mailbox",
      kind: "mailbox",
      launcher: "embedded",
      healthChecks: ["smtp greeting"],
      endpoints: [
        { name: "smtp", scheme: "tcp" },
        { name: "http", scheme: "http" },
      ],
    });
    const names = ((sender?.["environment"] ?? []) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "ConnectionStrings__mailbox",
        "MAILBOX_HOST",
        "MAILBOX_PORT",
        "MAILBOX_FROM",
        "MAILBOX_URI",
      ]),
    );
  }, 30_000);

  it.each(["node", "deno"])(
    "runs on %s: the sender waits for it and is kept waiting for nothing",
    async (runtime) => {
      const child = spawn(join(folder, "node_modules/.bin/dext"), ["run", "--json", "--runtime", runtime], {
        cwd: folder,
        env: environment(),
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(child, "exit");
      const wanted = new Set(["sender: 250 kept", "mailbox: mail 1: Subject: hello"]);
      const seen: string[] = [];
      for await (const text of createInterface({ input: child.stdout })) {
        const line = JSON.parse(text) as { resource?: string; text?: string };
        seen.push(text);
        if (line.text !== undefined && wanted.delete(`${line.resource}: ${line.text}`) && wanted.size === 0)
          child.kill();
      }
      expect({ missing: [...wanted], seen: wanted.size === 0 ? [] : seen }).toEqual({
        missing: [],
        seen: [],
      });
      expect(await ended).toEqual([0, null]);
    },
    60_000,
  );
});

it("the walk-through shows these very files", async () => {
  const guide = await readFile(join(root, "docs/integrations.md"), "utf8");
  for (const file of ["mailbox.ts", "mailbox-server.ts", "apphost.ts"]) {
    const text = await readFile(join(fixture, file), "utf8");
    expect(guide).toContain(text.trimEnd());
  }
});
