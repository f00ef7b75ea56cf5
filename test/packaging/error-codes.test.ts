import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { publicPackages, root } from "../../scripts/packages.ts";

/** Every table of codes in the sources: code → what it means. */
async function codesInSources(): Promise<Record<string, string>> {
  const codes: Record<string, string> = {};
  for (const { directory } of await publicPackages()) {
    const source = join(directory, "src");
    const tables = (await readdir(source, { recursive: true })).filter((path) =>
      path.endsWith("error-codes.ts"),
    );
    for (const table of tables) {
      const exported = (await import(join(source, table))) as Record<string, unknown>;
      for (const value of Object.values(exported)) {
        if (typeof value === "object" && value !== null) Object.assign(codes, value);
      }
    }
  }
  return codes;
}

/** The table of the document: `| DEXT_X_Y | What it means |`, the code in backticks. */
async function codesInDocument(): Promise<Record<string, string>> {
  const text = await readFile(join(root, "docs/errors.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(DEXT_\w+)` +\| (.+?) +\|$/gm)];
  return Object.fromEntries(rows.map((row) => [row[1], row[2]]));
}

it("docs/errors.md lists every code with its meaning, and no other", async () => {
  expect(await codesInDocument()).toEqual(await codesInSources());
});

it("every code has the form DEXT_<AREA>_<CONDITION>", async () => {
  const wrong = Object.keys(await codesInSources()).filter((code) => !/^DEXT(_[A-Z0-9]+){2,}$/.test(code));
  expect(wrong).toEqual([]);
});

it("every code that the sources throw stands in a table", async () => {
  const known = await codesInSources();
  const used = new Set<string>();
  for (const { directory } of await publicPackages()) {
    const source = join(directory, "src");
    for (const path of (await readdir(source, { recursive: true })).filter((each) => each.endsWith(".ts"))) {
      const text = (await readFile(join(source, path), "utf8")).replaceAll(/^\s*\*.*$/gm, "");
      for (const match of text.matchAll(/rror\(\s*"(DEXT_[A-Z0-9_]+)"/g)) used.add(match[1] ?? "");
    }
  }
  expect([...used].filter((code) => !(code in known))).toEqual([]);
});
