import type { GeneratorDefinition } from "../generator/definition.ts";
import { defineGenerator } from "../generator/definition.ts";
import { hashOf } from "../plan/file-state.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import { readRecords } from "../state/generated-state.ts";
import type { TemplateLookupOptions } from "./template-lookup.ts";
import { TemplateLookup } from "./template-lookup.ts";

/**
 * The generator that copies one of our templates into the project's `templates/`, where it is used instead. As it is a
 * generator like any other, it is undone and updated like any other: an update merges what has changed in ours.
 */
export function ejectGenerator(templates: Omit<TemplateLookupOptions, "target">): GeneratorDefinition {
  return defineGenerator({
    name: "eject",
    description: "A template of Dext's, to be changed in this project",
    prompts: [{ name: "template", type: "text", message: "Which template" }],
    unit: ({ template }) => `eject-${hashOf(String(template)).slice(7, 19)}`,
    plan(draft, { answers, target }) {
      const name = String(answers["template"]);
      const bytes = new TemplateLookup({ ...templates, target }).read(name, { origin: "built-in" });
      draft.add({ path: `templates/${name}`, bytes });
      const text = "change it, then run dext update, which renders anew what was made from it";
      draft.followUp({ kind: "next-step", text });
    },
  });
}

/** An ejected template whose original is another by now. */
export interface OutdatedTemplate {
  readonly template: string;
  /** `removed`: there is no original any more. */
  readonly change: "changed" | "removed";
}

/** The ejected templates whose originals have moved on, for `dext doctor`. */
export function findOutdatedTemplates(options: TemplateLookupOptions): OutdatedTemplate[] {
  const lookup = new TemplateLookup(options);
  return [...readRecords(openTargetTree(options.target)).values()].flatMap(
    ({ generator, answers, files }): OutdatedTemplate[] => {
      const template = String(answers["template"]);
      const base = files[`templates/${template}`];
      if (generator !== "eject" || base === undefined) return [];
      if (!lookup.has(template, { origin: "built-in" })) return [{ template, change: "removed" }];
      const isSame = hashOf(lookup.read(template, { origin: "built-in" })) === base.hash;
      return isSame ? [] : [{ template, change: "changed" }];
    },
  );
}
