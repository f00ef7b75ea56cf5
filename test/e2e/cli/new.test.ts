import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts, startDext } from "../../fixtures/cli/dext-process.ts";

const run = promisify(execFile);
afterEach(endLeftDexts);

/** All of them in one repository, so that one install serves the lot. */
const services = [
  ["mail", "node", "worker"],
  ["front", "node", "plain"],
  ["stock", "deno", "api"],
  ["packer", "deno", "worker"],
  ["probe", "deno", "plain"],
] as const;

/** npm everywhere; others where they are installed and named: `DEXT_TEST_PACKAGE_MANAGERS=pnpm,yarn,bun`. */
const more = (process.env["DEXT_TEST_PACKAGE_MANAGERS"] ?? "").split(",").filter((name) => name !== "");

describe("dext new", () => {
  it.each(["npm", ...more])(
    "makes a repository with every kind of service that %s installs, and that checks, passes its tests, runs and stops",
    async (packageManager) => {
      const { folder, shop } = await emptyFolder();
      const made = await dext(["new", "app", "shop", "--package-manager", packageManager, "--no-install"], {
        folder,
      });
      expect(made).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") as unknown });
      for (const [name, runtime, kind] of services) {
        const args = ["new", "service", name, "--runtime", runtime, "--kind", kind, "--no-install"];
        const added = await dext(args, { folder: shop });
        expect(added).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") as unknown });
      }
      const cache = await dext(["add", "redis", "--to", "api", "--no-install"], { folder: shop });
      expect(cache).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("+ services/api/src/cache.ts") as unknown,
      });
      const env = { ...outside(), npm_config_prefer_offline: "true" };
      const inShop = { cwd: shop.path, env, maxBuffer: 64 * 1024 * 1024 };
      await run(packageManager, ["install"], inShop);
      await run(packageManager, ["run", "check"], inShop);
      await run(packageManager, ["run", "test"], inShop);

      const system = startDext(["run", "--json"], { folder: shop, env });
      const names = ["api", ...services.map(([name]) => name)];
      await dext(["wait", "cache", ...names, "--for", "healthy", "--timeout", "60s"], { folder: shop });
      const { resources } = JSON.parse((await dext(["ps", "--json"], { folder: shop })).stdout) as Listing;
      expect(resources.map(({ name, health }) => `${name} ${health}`).toSorted()).toEqual(
        ["cache", ...names].map((name) => `${name} Healthy`).toSorted(),
      );
      const url = resources.find(({ name }) => name === "stock")?.endpoints[0]?.url ?? "";
      expect(await (await fetch(`${url}/greetings/Ada`)).json()).toEqual({ message: "Hello, Ada" });
      system.signal("SIGTERM");
      expect(await system.ended).toMatchObject({ code: 0 });
    },
    180_000,
  );

  it("writes nothing for --dry-run, --json and missing answers", async () => {
    const { folder, entries } = await emptyFolder();
    const diff = await dext(["new", "app", "shop", "--dry-run"], { folder });
    expect(diff).toMatchObject({ code: 0 });
    expect(diff.stdout).toContain("+++ b/apphost.ts\n");
    const json = await dext(["new", "app", "shop", "--json", "--runtime", "deno"], { folder });
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      records: [{ answers: { runtime: "deno" } }],
    });
    const missing = await dext(["new", "app"], { folder });
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toContain("--name <value>");
    const wrong = await dext(["new", "app", "../shop"], { folder });
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(await entries()).toEqual([]);
  });

  it("takes answers from a file, and what was generated last is taken back", async () => {
    const { folder, shop, write } = await emptyFolder();
    await dext(["new", "app", "shop", "--no-install", "--no-git"], { folder });
    const appHost = await readFile(join(shop.path, "apphost.ts"), "utf8");
    const answers = await write("answers.json", '{ "name": "mail", "kind": "worker" }');
    const added = await dext(["new", "service", "--answers", answers, "--no-install"], { folder: shop });
    expect(added).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") as unknown });
    expect(added.stdout).toContain("+ services/mail/src/work.ts\n");
    const again = await dext(["new", "service", "mail", "--no-install"], { folder: shop });
    expect(again).toMatchObject({ code: 0, stdout: "Nothing to change: everything is there already.\n" });
    const update = await dext(["update", "--yes"], { folder: shop });
    expect(update).toMatchObject({ code: 0, stdout: "Nothing to change: everything is there already.\n" });

    const unasked = await dext(["undo"], { folder: shop });
    expect(unasked).toMatchObject({ code: 2, stdout: "" });
    expect(unasked.stderr).toContain("--yes");
    const undone = await dext(["undo", "--yes"], { folder: shop });
    expect(undone).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") as unknown });
    expect(await readFile(join(shop.path, "apphost.ts"), "utf8")).toBe(appHost);
    const nothing = await dext(["undo", "--yes"], { folder: shop });
    expect(nothing.stderr).toContain("DEXT_GENERATE_NOTHING_TO_UNDO");
  });

  it("uses an ejected template in place of the original", async () => {
    const { folder, shop, write } = await emptyFolder();
    await dext(["new", "app", "shop", "--no-install", "--no-git"], { folder });
    const template = "service/api/src/main.ts.ejs";
    const ejected = await dext(["eject", template], { folder: shop });
    expect(ejected).toMatchObject({ code: 0, stdout: `+ templates/${template}\n` });
    await write(`shop/templates/${template}`, "// <%= comment(name) %>\n");
    await dext(["new", "service", "mail", "--no-install"], { folder: shop });
    expect(await readFile(join(shop.path, "services/mail/src/main.ts"), "utf8")).toBe("// mail\n");
  });
});

interface Listing {
  readonly resources: readonly { name: string; health: string; endpoints: readonly { url: string }[] }[];
}

interface EmptyFolder {
  /** Where `dext new app` is called. */
  readonly folder: Place;
  /** What it makes. */
  readonly shop: Place;
  readonly entries: () => Promise<string[]>;
  readonly write: (path: string, text: string) => Promise<string>;
}

type Place = Pick<AppFolder, "path" | "runtimeDirectory">;

/** A folder outside the repository. */
async function emptyFolder(): Promise<EmptyFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "dext-new-")));
  onTestFinished(async () => {
    await endLeftDexts();
    await rm(root, { recursive: true, force: true });
  });
  const path = join(root, "work");
  const runtimeDirectory = join(root, "runs");
  await mkdir(path);
  await mkdir(runtimeDirectory, { mode: 0o700 });
  return {
    folder: { path, runtimeDirectory },
    shop: { path: join(path, "shop"), runtimeDirectory },
    entries: () => readdir(path),
    async write(name, text) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), text);
      return join(path, name);
    },
  };
}

/** The environment of somebody who has the runtimes, and none of what npm and vitest set. */
function outside(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(npm_|VITEST|NODE_OPTIONS$|NODE_ENV$|DEXT_|INIT_CWD$)/.test(name),
  );
  const runtimes = [join(repository, "node_modules/deno"), dirname(process.execPath)];
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: [...runtimes, process.env["PATH"] ?? ""].join(delimiter),
  };
}
