// Writes docs/errors.md from the tables of codes in the sources.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { publicPackages, root } from "./packages.ts";

const sections: string[] = [];
for (const { name, directory } of await publicPackages()) {
  const codes: Record<string, string> = {};
  const source = join(directory, "src");
  for (const table of (await readdir(source, { recursive: true })).filter((path) =>
    path.endsWith("error-codes.ts"),
  )) {
    const exported = (await import(join(source, table))) as Record<string, unknown>;
    for (const value of Object.values(exported)) {
      if (typeof value === "object" && value !== null) Object.assign(codes, value);
    }
  }
  const rows = Object.entries(codes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) continue;
  sections.push(
    `## ${name}\n\n| code | meaning |\n|---|---|\n${rows.map(([code, meaning]) => `| \`${code}\` | ${meaning} |`).join("\n")}\n`,
  );
}
await writeFile(
  join(root, "docs/errors.md"),
  `# Error codes

Every failure that a person can act on has a code, a message and a hint. \`DEXT_INTERNAL\` is the exception: a bug of
Dext, shown with its stack.

${sections.join("\n")}`,
);
