import { parametersIn, resourcesIn } from "../apphost/existing/code.ts";
import type { FoundSystem, Note } from "../apphost/existing/system.ts";
import { codesOf, writeSystem } from "../apphost/existing/write-apphost.ts";
import { defineGenerator } from "../generator/definition.ts";
import type { Answers, GeneratorDefinition } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { chooseAppHostFile, draftAppHostPackages } from "./apphost-files.ts";
import { vendorFolder } from "./dext-packages.ts";
import { detectPackageManager, packageManagerNames } from "./package-managers.ts";
import type { PackageManagerName } from "./package-managers.ts";

/** The generator behind `dext new apphost`: an AppHost for services that exist already. */
export const appHostGenerator: GeneratorDefinition = defineGenerator({
  name: "apphost",
  description: "An AppHost for the services of this repository",
  prompts: [
    {
      name: "compose",
      type: "text",
      message: "Which Compose file? (none for none; found when empty)",
      default: "",
      optional: true,
    },
  ],
  async morePrompts({ tree, given }) {
    const { resources } = await lookFor(tree, given);
    return [
      {
        name: "resources",
        type: "multiselect",
        message: "Which of these does the AppHost run?",
        choices: resources.map(({ name, label }) => ({ value: name, label: name, hint: label })),
        default: resources.map(({ name }) => name),
        propose: true,
        validate: (value) => (value as unknown[]).length > 0 || "nothing is chosen",
      },
      {
        name: "packageManager",
        type: "select",
        message: "Which package manager?",
        choices: packageManagerNames,
        default: packageManagerNames[0],
      },
      {
        name: "vendored",
        type: "confirm",
        message: "Are the packages of Dext in vendor/dext?",
        default: false,
      },
    ];
  },
  detect({ tree }) {
    const packageManager = detectPackageManager(tree);
    return {
      ...(packageManager === undefined ? {} : { packageManager }),
      ...(tree.kindOf(vendorFolder) === "folder" ? { vendored: true } : {}),
    };
  },
  unit: () => "apphost",
  async plan(draft, { answers, tree }) {
    const found = await lookFor(tree, answers);
    const system = chosenPart(found, answers["resources"] as readonly string[]);
    const path = chooseAppHostFile(tree);
    draft.add({ path, template: "apphost/apphost.ts.ejs", data: { ...writeSystem(system) } });
    const packageManager = answers["packageManager"] as PackageManagerName;
    draftAppHostPackages(draft, { packageManager, vendored: answers["vendored"] === true });
    draft.followUp({ kind: "install", directory: ".", packageManager });
    tellNotes(draft, system.notes);
    tellParameters(draft, system);
    draft.followUp({ kind: "next-step", text: "dext describe shows what would be run; dext run runs it" });
  },
});

/** What reads YAML and looks into projects is loaded when it is needed: other generators do without. */
async function lookFor(tree: TargetTree, { compose }: Answers): Promise<FoundSystem> {
  const { findSystem } = await import("../apphost/existing/find-system.ts");
  return findSystem(tree, typeof compose === "string" && compose !== "" ? { compose } : {});
}

/** The resources that were chosen, with what they refer to in each other. */
function chosenPart(system: FoundSystem, chosen: readonly string[]): FoundSystem {
  const isTaken = (name: string): boolean => chosen.includes(name);
  const left = system.resources.filter(({ name }) => !isTaken(name)).map(({ name }) => name);
  if (left.length === 0) return system;
  const resources = system.resources.filter(
    ({ name, parent }) => isTaken(name) && (parent === undefined || isTaken(parent)),
  );
  const names = new Set(resources.map(({ name }) => name));
  const dropped: Note[] = [];
  const kept = resources.map((resource) => ({
    ...resource,
    links: resource.links.filter(({ to }) => names.has(to)),
    environment: resource.environment.filter(([variable, code]) => {
      const missing = resourcesIn(code).filter((name) => !names.has(name));
      if (missing.length === 0) return true;
      const text = `"${variable}" of "${resource.name}" is left out: it names ${missing.map((each) => `"${each}"`).join(", ")}`;
      dropped.push({ ...resource.place, text });
      return false;
    }),
  }));
  const notes = system.notes.filter(({ resource }) => resource === undefined || names.has(resource));
  const unseen: Note = {
    file: "",
    text: `found too, and not taken: ${left.join(", ")}; --resources ${[...names, ...left].join(",")} takes all`,
  };
  return { ...system, resources: kept, notes: [...notes, ...dropped, unseen] };
}

/** What is true of several resources is told once, with the lines of all of them. */
function tellNotes(draft: Draft, notes: readonly Note[]): void {
  const groups = new Map<string, Note[]>();
  for (const note of notes) {
    const key = note.resource === undefined ? JSON.stringify(note) : `${note.file}: ${note.text}`;
    groups.set(key, [...(groups.get(key) ?? []), note]);
  }
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const { file, line, resource, text } = first;
    const more = others.map((each) => `, ${each.resource} (${each.line ?? each.file})`).join("");
    draft.followUp({
      kind: "note",
      text: resource === undefined ? text : `${resource}${more}: ${text}`,
      ...(file === "" ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    });
  }
}

function tellParameters(draft: Draft, { parameters, resources }: FoundSystem): void {
  const used = new Set(resources.flatMap((resource) => codesOf(resource).flatMap(parametersIn)));
  for (const { name, generate, place } of parameters.filter((parameter) => used.has(parameter.name))) {
    const text = generate
      ? `its value is generated instead of copied; Parameters__${name} gives another one`
      : `dext run asks for it, or takes Parameters__${name} from the environment`;
    draft.followUp({ kind: "note", text: `parameter "${name}": ${text}`, ...place });
  }
}
