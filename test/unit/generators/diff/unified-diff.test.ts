import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PlanBuilder, unifiedDiff } from "@dext/generators";
import { expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const files = { "edit.txt": "one\r\ntwo\r\nthree\r\n", "gone.txt": "bye", "run.sh": "echo\n" };

function change(root: string): PlanBuilder {
  const builder = new PlanBuilder(root);
  builder.write("new folder/a.txt", "first\nlast");
  builder.edit("edit.txt", (text) => text.replace("two", "2"));
  builder.delete("gone.txt");
  builder.write("run.sh", "echo\n", { mode: 0o755 });
  return builder;
}

it("a diff of creations, edits, deletions and modes is what git applies to the same end", async () => {
  const [root, twin] = [await targetFolder(files), await targetFolder(files)];
  execFileSync("git", ["init", "-q", twin]);
  await writeFile(join(twin, "p.diff"), unifiedDiff(change(root).build()));
  execFileSync("git", ["apply", "p.diff"], { cwd: twin });
  const after = snapshot(twin);
  expect(after["new folder/a.txt"]).toBe("file 644 first\nlast");
  expect(after["edit.txt"]).toBe("file 644 one\r\n2\r\nthree\r\n");
  expect(after["gone.txt"]).toBeUndefined();
  expect(after["run.sh"]).toBe("file 755 echo\n");
});

it("a diff says of bytes only that they differ", async () => {
  const builder = new PlanBuilder(await targetFolder());
  builder.write("a.bin", Uint8Array.of(0, 200));
  expect(unifiedDiff(builder.build())).toBe(
    "diff --git a/a.bin b/a.bin\nnew file mode 100644\nBinary files /dev/null and b/a.bin differ\n",
  );
});

it("a diff is coloured only on demand, and empty when nothing changes", async () => {
  const root = await targetFolder(files);
  await chmod(join(root, "edit.txt"), 0o644);
  const plan = change(root).build();
  expect(unifiedDiff(plan)).not.toContain("\u001B");
  expect(unifiedDiff(plan, { colour: true })).toContain("\u001B[32m+first\u001B[0m");
  expect(unifiedDiff(new PlanBuilder(root).build())).toBe("");
});
