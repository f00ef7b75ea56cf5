import { definitionFiles } from "../generator/definition-files.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { quoting } from "../templates/quoted.ts";
import { dextVersion, vendoredPlace, vendorFolder } from "./dext-packages.ts";
import { isModuleRoot } from "./apphost-files.ts";
import { detectPackageManager } from "./package-managers.ts";
import { namePrompt } from "./service-prompts.ts";

/** The generator behind `dext new generator`: a generator of the repository's own. */
export const generatorGenerator: GeneratorDefinition = defineGenerator({
  name: "generator",
  description: "A generator of this repository's own",
  prompts: [
    namePrompt("What is the generator called?"),
    {
      name: "description",
      type: "text",
      message: "What does it make?",
      default: "A file from a template",
      propose: true,
    },
  ],
  plan(draft, { answers, tree }) {
    const name = answers["name"] as string;
    const file = `generators/${name}.${isModuleRoot(tree) ? "ts" : "mts"}`;
    draft.add({ path: file, template: "generator/generator.ts.ejs" });
    draft.add({ path: `templates/${name}/file.md.ejs`, template: "generator/file.md.ejs.ejs" });
    listGenerator(draft, { name, file });
    if (draft.read("package.json") !== undefined) {
      const place =
        tree.kindOf(vendorFolder) === "folder" ? vendoredPlace("@dext/generators") : dextVersion();
      draft.editJson({
        path: "package.json",
        edits: [{ at: ["devDependencies", "@dext/generators"], set: place, ifAbsent: true }],
      });
      draft.followUp({
        kind: "install",
        directory: ".",
        packageManager: detectPackageManager(tree) ?? "npm",
      });
    }
    draft.followUp({ kind: "next-step", text: `dext new ${name} <name>` });
  },
});

/** Where a list of ours begins; anything else is left to whoever wrote it. */
const listStart = "export default [";

function listGenerator(draft: Draft, { name, file }: { name: string; file: string }): void {
  const path = listFile(draft.tree);
  const variable = quoting.identifier(name).text;
  const line = `import { ${variable} } from "./${file}";\n`;
  const now = draft.read(path);
  if (now !== undefined && !now.includes(line) && !now.includes(listStart)) {
    const text = `add this to the generators in ${path}:\n${line}`;
    draft.followUp({ kind: "next-step", text, required: true });
    return;
  }
  draft.edit({
    path,
    name: `list-${name}`,
    create: `\n${listStart}];\n`,
    edit(text) {
      if (text.includes(line)) return text;
      const isEmpty = text.includes(`${listStart}]`);
      return line + text.replace(listStart, `${listStart}${variable}${isEmpty ? "" : ", "}`);
    },
  });
}

/** The file with all generators of the repository in a list: a second one would hide the first. */
function listFile(tree: TargetTree): string {
  const present = definitionFiles.find((path) => tree.kindOf(path) === "file");
  return present ?? (isModuleRoot(tree) ? "dext.generators.ts" : "dext.generators.mts");
}
