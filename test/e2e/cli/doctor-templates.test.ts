import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts } from "../../fixtures/cli/dext-process.ts";

afterEach(endLeftDexts);
const template = "app/README.md.ejs";

test("dext doctor tells which ejected templates have changed in Dext, until they are updated", async () => {
  const folder = await createAppFolder({ "apphost.ts": "" });
  onTestFinished(() => folder.remove());
  const findings = async (): Promise<unknown> => {
    const { stdout } = await dext(["doctor", "--json"], { folder });
    return (JSON.parse(stdout) as { templates?: unknown }).templates;
  };
  expect(await findings()).toBeUndefined();
  await dext(["eject", template], { folder });

  // Mine differs from Dext's, which is nothing to warn of.
  const copy = join(folder.path, "templates", template);
  await writeFile(copy, `${await readFile(copy, "utf8")}\nMine.\n`);
  expect(await findings()).toEqual({ outdated: [] });

  // As if it had been ejected from an older Dext, which had another first line.
  const records = join(folder.path, ".dext/generated");
  const [name = ""] = await readdir(records);
  const record = JSON.parse(await readFile(join(records, name), "utf8")) as StoredRecord;
  const lines = record.files[`templates/${template}`]?.lines ?? [];
  lines[0] = "# An old heading";
  await writeFile(join(records, name), JSON.stringify(record));
  await writeFile(copy, (await readFile(copy, "utf8")).replace(/^.*\n/, "# An old heading\n"));
  const { stdout } = await dext(["doctor"], { folder });
  expect(stdout).toContain(`outdated ${template} has changed in Dext since it was ejected\n`);
  expect(stdout).toContain("hint: dext update merges what is new into your copies.\n");

  expect(await dext(["update", "--yes"], { folder })).toMatchObject({ code: 0 });
  expect(await findings()).toEqual({ outdated: [] });
  const updated = await readFile(copy, "utf8");
  expect(updated.startsWith("# <%= md(name) %>\n")).toBe(true);
  expect(updated.endsWith("\nMine.\n")).toBe(true);

  await writeFile(join(records, name), "{");
  const broken = await dext(["doctor"], { folder });
  expect(broken).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("cannot be understood") as unknown,
  });
});

interface StoredRecord {
  files: Record<string, { lines: string[] } | undefined>;
}
