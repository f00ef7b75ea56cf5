import { defineGenerator } from "../generator/definition.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import { quoting } from "../templates/quoted.ts";
import { dextVersion, vendoredPlace, vendorFolder } from "./dext-packages.ts";
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
    draft.add({ path: `generators/${name}.ts`, template: "generator/generator.ts.ejs" });
    draft.add({ path: `templates/${name}/file.md.ejs`, template: "generator/file.md.ejs.ejs" });
    listGenerator(draft, name);
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

/** The file that is looked for, with all generators of the repository in a list. */
const listFile = "dext.generators.ts";

/** Where a list of ours begins; anything else is left to whoever wrote it. */
const listStart = "export default [";

function listGenerator(draft: Draft, name: string): void {
  const variable = quoting.identifier(name).text;
  const line = `import { ${variable} } from "./generators/${name}.ts";\n`;
  const now = draft.read(listFile);
  if (now !== undefined && !now.includes(line) && !now.includes(listStart)) {
    const text = `add this to the generators in ${listFile}:\n${line}`;
    draft.followUp({ kind: "next-step", text, required: true });
    return;
  }
  draft.edit({
    path: listFile,
    name: `list-${name}`,
    create: `\n${listStart}];\n`,
    edit: (text) =>
      text.includes(line)
        ? text
        : line + text.replace(listStart, `${listStart}${variable}, `).replace(", ]", "]"),
  });
}
