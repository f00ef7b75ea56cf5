import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { dext, endLeftDexts } from "../../fixtures/cli/dext-process.ts";
import { outsideFolder } from "../../fixtures/generators/outside-folder.ts";
import type { OutsideFolder } from "../../fixtures/generators/outside-folder.ts";

afterEach(endLeftDexts);

describe("dext new", () => {
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
    expect(ejected).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^\+ templates\/service\/api\/src\/main\.ts\.ejs\n\nNext:\n {2}change it, /,
      ) as unknown,
    });
    await write(`shop/templates/${template}`, "// <%= comment(name) %>\n");
    await dext(["new", "service", "mail", "--no-install"], { folder: shop });
    expect(await readFile(join(shop.path, "services/mail/src/main.ts"), "utf8")).toBe("// mail\n");
  });
});

interface EmptyFolder extends OutsideFolder {
  readonly entries: () => Promise<string[]>;
}

async function emptyFolder(): Promise<EmptyFolder> {
  const outside = await outsideFolder();
  onTestFinished(async () => {
    await endLeftDexts();
    await outside.remove();
  });
  return { ...outside, entries: () => readdir(outside.folder.path) };
}
