import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chooseRuntime } from "../../../../cli/src/apphost/choose-runtime.ts";
import { findAppHost } from "../../../../cli/src/apphost/find-apphost.ts";

let folder = "";
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "dext-cr-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), "", { mode: 0o755 });
  }
}

const choose = (wanted?: string, extra: Record<string, string> = {}) =>
  chooseRuntime(join(folder, "shop/apphost.ts"), {
    wanted,
    environment: { PATH: `/nowhere:${join(folder, "bin")}`, ...extra },
  });

describe("chooseRuntime", () => {
  test.each([
    ["a package.json", ["shop/package.json"], "node"],
    ["a deno.json", ["shop/deno.json"], "deno"],
    ["a deno.jsonc above", ["deno.jsonc"], "deno"],
    ["both", ["shop/deno.json", "shop/package.json"], "node"],
    ["a package.json nearer than a deno.json", ["deno.json", "shop/package.json"], "node"],
    ["a deno.json nearer than a package.json", ["package.json", "shop/deno.json"], "deno"],
    ["neither", [], "node"],
  ])("takes for %s (%j) %s", async (_, files, name) => {
    await write("bin/deno", ...files);
    expect(choose().name).toBe(name);
  });

  test("does what --runtime says, else what DEXT_RUNTIME says", async () => {
    await write("bin/deno", "shop/package.json");
    expect(choose("deno")).toEqual({ name: "deno", command: join(folder, "bin/deno"), args: ["run", "-A"] });
    expect(choose(undefined, { DEXT_RUNTIME: "deno" }).name).toBe("deno");
    expect(choose("node", { DEXT_RUNTIME: "deno" })).toMatchObject({
      name: "node",
      command: process.execPath,
    });
    expect(() => choose("bun")).toThrow(expect.objectContaining({ code: "DEXT_CLI_OPTION_INVALID" }));
  });

  test("says when Deno is not there", () => {
    expect(() => choose("deno")).toThrow(expect.objectContaining({ code: "DEXT_CLI_RUNTIME_NOT_FOUND" }));
  });
});

describe("findAppHost", () => {
  test("takes the first of its names in the folder", async () => {
    await write("apphost.js", "apphost.mts");
    expect(findAppHost({ directory: folder })).toBe(join(folder, "apphost.mts"));
  });

  test("takes a file or a folder by its path", async () => {
    await write("shop/apphost.ts", "other/system.ts");
    expect(findAppHost({ path: "shop", directory: folder })).toBe(join(folder, "shop/apphost.ts"));
    expect(findAppHost({ path: "other/system.ts", directory: folder })).toBe(join(folder, "other/system.ts"));
  });

  test("names what it looked for, and one in a folder above", async () => {
    await write("apphost.mjs", "a/b/c.txt");
    expect(() => findAppHost({ directory: join(folder, "a/b") })).toThrow(
      expect.objectContaining({
        code: "DEXT_CLI_APPHOST_NOT_FOUND",
        hint: "There is one above: --apphost ../../apphost.mjs",
      }),
    );
    expect(() => findAppHost({ path: "nothing.ts", directory: folder })).toThrow(
      /There is no AppHost ".*nothing\.ts"/,
    );
  });
});
