import process from "node:process";

import type { AnswerSources } from "../answers/resolve-answers.ts";
import { resolveAnswers } from "../answers/resolve-answers.ts";
import { recover } from "../commit/recover.ts";
import type { OnConflict } from "../conflicts/place-file.ts";
import type { ChangePlan, GeneratedRecord } from "../plan/change-plan.ts";
import { hashOf } from "../plan/file-state.ts";
import { PlanBuilder } from "../plan/plan-builder.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import { readRecords } from "../state/generated-state.ts";
import { TemplateLookup } from "../templates/template-lookup.ts";
import type { TemplateLookupOptions } from "../templates/template-lookup.ts";
import type { Answers, GeneratorDefinition } from "./definition.ts";
import { Draft } from "./draft.ts";
import { findGenerator } from "./load-generators.ts";
import { runGenerator } from "./run-actions.ts";
import { settleDraft } from "./settle-draft.ts";
import { settlePrompts } from "./settle-prompts.ts";
import { unitSlug } from "./unit-slug.ts";

/** What a plan is made with. */
export interface PlanOptions extends Pick<AnswerSources, "file" | "detected" | "ask"> {
  /** The folder to generate into; the working directory by default. It need not exist. */
  target?: string;
  /** Generators besides those that the target brings along; these come first. */
  generators?: readonly GeneratorDefinition[];
  /** What to do about edited and foreign files; `abort` by default. */
  onConflict?: OnConflict;
  /** Where templates are looked for, besides the target's `templates/`. */
  templates?: Omit<TemplateLookupOptions, "target">;
}

/**
 * Runs a generator and gives the plan of what it would change. Writes nothing but the end of a commit that a kill had
 * cut off.
 *
 * @param generator a definition, or the name of one of `options.generators`, of the target's `dext.generators.ts`, of
 * its plopfile, or of Dext's own: `"app"`, `"service"`
 * @param answers what flags would say; they are checked, and completed from the other sources
 * @throws DextError with a `DEXT_GENERATE_` code
 * @example
 * ```ts
 * import { defineGenerator, plan } from "@dext/generators";
 *
 * const note = defineGenerator({
 *   name: "note",
 *   description: "A note",
 *   prompts: [{ name: "name", type: "text", message: "Its name" }],
 *   actions: ({ answers }) => [{ type: "add", path: `${String(answers["name"])}.md`, text: "# Note\n" }],
 * });
 * const { operations } = await plan(note, { name: "first" }, { target: "/no/such/folder" });
 * if (operations[0]?.path !== "first.md") throw new Error("not planned");
 * ```
 */
export async function plan(
  generator: string | GeneratorDefinition,
  answers: Answers = {},
  options: PlanOptions = {},
): Promise<ChangePlan> {
  const { target = process.cwd(), generators = [], onConflict = "abort" } = options;
  await recover(target);
  const named =
    typeof generator === "string" ? await findGenerator(generator, { target, generators }) : generator;
  const tree = openTargetTree(target);
  const records = readRecords(tree);
  // Only what is said hides what the file and earlier answers say.
  const said = Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined));
  const given = { ...options.file, ...said };
  const saved = savedAnswers(named, { records, given });
  const definition = await settlePrompts(named, { target: tree.root, given: { ...saved, ...given } });
  const complete = await completeAnswers(definition, { answers: said, options, records, target: tree.root });
  const unit = unitOf(definition, complete);
  const templates = new TemplateLookup({ ...options.templates, target: tree.root });
  const draft = new Draft({ builder: new PlanBuilder(target), answers: complete, templates });
  await runGenerator(definition, { draft, context: { answers: complete, target: tree.root, tree } });
  const { builder, files, edits } = await settleDraft(draft, { records, unit, onConflict });
  const record: GeneratedRecord = {
    unit,
    generator: definition.name,
    answers: withoutSecrets(definition, complete),
    files,
    edits,
  };
  return builder.build({ records: [record] });
}

async function completeAnswers(
  definition: GeneratorDefinition,
  {
    answers,
    options,
    records,
    target,
  }: {
    answers: Answers;
    options: PlanOptions;
    records: ReadonlyMap<string, GeneratedRecord>;
    target: string;
  },
): Promise<Answers> {
  const { prompts = [] } = definition;
  const { file = {}, ask } = options;
  const found = (await definition.detect?.({ target, tree: openTargetTree(target) })) ?? {};
  return resolveAnswers(prompts, {
    flags: answers,
    file,
    saved: savedAnswers(definition, { records, given: { ...file, ...answers } }),
    detected: { ...found, ...options.detected },
    ...(ask === undefined ? {} : { ask }),
  });
}

/** The answers of the same unit, as far as what is given tells which one is meant. */
function savedAnswers(
  definition: GeneratorDefinition,
  { records, given }: { records: ReadonlyMap<string, GeneratedRecord>; given: Answers },
): Answers {
  try {
    const record = records.get(unitOf(definition, given));
    return record?.generator === definition.name ? record.answers : {};
  } catch {
    // The unit depends on answers that nobody has given yet.
    return {};
  }
}

/** Names a run: the generator, and what tells it from others of the same generator. */
function unitOf({ name, unit, prompts = [] }: GeneratorDefinition, answers: Answers): string {
  if (unit !== undefined) return unit(answers);
  const own = answers["name"];
  if (typeof own === "string" && own !== "") return `${name}-${unitSlug(own)}`;
  return prompts.length === 0 ? name : `${name}-${hashOf(JSON.stringify(answers)).slice(7, 15)}`;
}

/** The answers that may be kept: not those of `password` prompts. */
export function withoutSecrets({ prompts = [] }: GeneratorDefinition, answers: Answers): Answers {
  const secret = new Set(prompts.filter(({ type }) => type === "password").map(({ name }) => name));
  return Object.fromEntries(Object.entries(answers).filter(([name]) => !secret.has(name)));
}
