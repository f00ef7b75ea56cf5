import { readFileSync } from "node:fs";
import { join } from "node:path";

import { appendText, editAtAnchor } from "../edits/edit-at-anchor.ts";
import { generatorError } from "../generator-error.ts";
import { hashOf } from "../plan/file-state.ts";
import type { Answers, Choice, GeneratorContext, GeneratorDefinition, Prompt } from "./definition.ts";
import { defineGenerator } from "./definition.ts";
import type { Draft } from "./draft.ts";
import type { PlopAction } from "./run-actions.ts";
import { runWithPlop } from "./run-actions.ts";

/**
 * The generators of a plopfile. Their `add`, `modify` and `append` go into the plan; their Handlebars templates are
 * rendered without escaping for HTML, by an instance of their own. Function actions and custom action types run as
 * they are: what they write, they write by themselves.
 */
export async function loadPlopfile(
  path: string,
  { target }: { target: string },
): Promise<GeneratorDefinition[]> {
  const { default: nodePlop } = await import("node-plop");
  const plop = (await nodePlop(path, { destBasePath: target, force: false })) as unknown as Plop;
  return plop.getGeneratorList().map(({ name }) => {
    const generator = plop.getGenerator(name);
    return defineGenerator({
      name: name.toLowerCase().replaceAll(/[^a-z\d-]+/g, "-"),
      description: generator.description ?? "",
      prompts: promptsOf(generator),
      plan: (draft, context) => runPlopActions(generator, { plop, draft, context }),
    });
  });
}

/** The parts of node-plop that are used; its types leave some out. */
interface Plop {
  getGeneratorList(): { name: string }[];
  getGenerator(name: string): PlopGenerator;
  getHelperList(): string[];
  getHelper(name: string): (...values: unknown[]) => unknown;
  getPartialList(): string[];
  getPartial(name: string): string;
  getActionTypeList(): string[];
  getActionType(name: string): PlopAction;
  getPlopfilePath(): string;
  readonly handlebars: Handlebars;
}

interface Handlebars {
  create(): Handlebars;
  registerHelper(name: string, helper: unknown): void;
  registerPartial(name: string, text: string): void;
  compile(text: string, options: { noEscape: boolean; strict: boolean }): (data: object) => string;
}

interface PlopGenerator {
  readonly name: string;
  readonly description?: string;
  readonly prompts?: unknown;
  readonly actions?: unknown;
}

type PlopConfig = Record<string, unknown>;

type PlopTransform = (text: string, answers: Answers, config: PlopConfig) => unknown;

async function runPlopActions(
  generator: PlopGenerator,
  { plop, draft, context }: { plop: Plop; draft: Draft; context: GeneratorContext },
): Promise<void> {
  const { answers } = context;
  const listed =
    typeof generator.actions === "function"
      ? await (generator.actions as (answers: Answers) => unknown)({ ...answers })
      : generator.actions;
  if (!Array.isArray(listed)) throw new TypeError("its actions are no list");
  const render = createRenderer(plop);
  const types = new Map<string, PlopAction>(
    plop.getActionTypeList().map((name) => [name, plop.getActionType(name)]),
  );
  for (const [name, run] of planActions({ plop, draft, render })) types.set(`dext:${name}`, run);
  const actions = (listed as unknown[]).flatMap((action, index): PlopConfig[] => {
    if (typeof action === "string") return [];
    if (typeof action === "function") {
      const type = `dext:function-${index}`;
      types.set(type, action as PlopAction);
      return [{ type }];
    }
    const config = action as PlopConfig;
    const own = `dext:${String(config["type"])}`;
    return [{ ...config, type: types.has(own) ? own : config["type"] }];
  });
  await runWithPlop(generator.name, { actions, types, answers, plop });
}

/** Plop's own actions, over the plan. */
function planActions({
  plop,
  draft,
  render,
}: {
  plop: Plop;
  draft: Draft;
  render: (text: string, data: object) => string;
}): Map<string, PlopAction> {
  const templateOf = (config: PlopConfig, answers: Answers): string => {
    const { template, templateFile } = config;
    if (typeof templateFile !== "string")
      return render(typeof template === "string" ? template : "", answers);
    const file = join(plop.getPlopfilePath(), render(templateFile, answers));
    return render(readFileSync(file, "utf8"), answers);
  };
  const transformed = async (config: PlopConfig, answers: Answers): Promise<string> => {
    const text = templateOf(config, answers);
    const { transform } = config;
    return typeof transform === "function"
      ? String(await (transform as PlopTransform)(text, answers, config))
      : text;
  };
  return new Map<string, PlopAction>([
    [
      "add",
      async (answers, config) => {
        const path = render(String(config["path"]), answers);
        draft.add({
          path,
          text: await transformed(config, answers),
          ifAbsent: config["skipIfExists"] === true,
        });
        return path;
      },
    ],
    [
      "modify",
      async (answers, config) => {
        const path = render(String(config["path"]), answers);
        const { transform } = config;
        const pattern = typeof transform === "function" ? config["pattern"] : patternOf(config, path);
        const text = templateOf(config, withoutReferences(answers));
        const replaced = (source: string): string =>
          isPattern(pattern) ? replaceAll(source, { path, pattern, text }) : source;
        const whole =
          typeof transform === "function"
            ? String(await (transform as PlopTransform)(replaced(draft.read(path) ?? ""), answers, config))
            : undefined;
        draft.edit({
          path,
          name: nameOf([
            "modify",
            String(pattern),
            text,
            ...(whole === undefined ? [] : [String(transform)]),
          ]),
          edit: (source) => whole ?? replaced(source),
        });
        return path;
      },
    ],
    [
      "append",
      async (answers, config) => {
        const path = render(String(config["path"]), answers);
        const pattern = patternOf(config, path);
        if (![undefined, "\n", "\r\n"].includes(config["separator"] as string | undefined)) {
          throw generatorError(
            "DEXT_GENERATE_GENERATOR_INVALID",
            `The "separator" for "${path}" cannot be planned`,
            {
              hint: 'Use "modify" in place of "append", with "$&" in the template for what the pattern has found.',
            },
          );
        }
        const text = await transformed(config, answers);
        draft.edit({
          path,
          name: nameOf(["append", String(pattern), text]),
          edit: (source) => editAtAnchor(source, { path, anchor: pattern, insert: "after", text }),
        });
        return path;
      },
    ],
    [
      "addMany",
      () => {
        throw generatorError("DEXT_GENERATE_GENERATOR_INVALID", '"addMany" of a plopfile cannot be planned', {
          hint: 'List the files with "add", or use the action "add-tree" in dext.generators.ts.',
        });
      },
    ],
  ]);
}

/**
 * Every match, as plop does, with `$1` and `$&` in a template for what was found. What puts that back, to find it again
 * the next time, does so once. One that matches nothing is a failure.
 */
function replaceAll(
  source: string,
  { path, pattern, text }: { path: string; pattern: string | RegExp; text: string },
): string {
  const first =
    typeof pattern === "string" ? pattern : new RegExp(pattern.source, pattern.flags.replace("g", ""));
  const at = typeof first === "string" ? source.indexOf(first) : source.search(first);
  if (at < 0) {
    // Throws when the text is not there either.
    return editAtAnchor(source, {
      path,
      anchor: pattern,
      insert: "replace",
      text: text.replaceAll("$$", "$"),
    });
  }
  const found = typeof first === "string" ? first : (first.exec(source)?.[0] ?? "");
  const edited = source.replace(first, text);
  const added = edited.slice(at, edited.length - (source.length - at - found.length));
  const isMade = added.includes(found) && appendText(source, { text: added.replace(found, "") }) === source;
  return isMade ? source : source.replace(pattern, text);
}

/** In an answer `$1` means nothing: only the template can refer to what was found. */
function withoutReferences<Value>(value: Value): Value {
  if (typeof value === "string") return value.replaceAll("$", "$$$$") as Value;
  if (Array.isArray(value)) return value.map(withoutReferences) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutReferences(each)]),
  ) as Value;
}

function isPattern(pattern: unknown): pattern is string | RegExp {
  return typeof pattern === "string" || pattern instanceof RegExp;
}

function patternOf({ pattern }: PlopConfig, path: string): string | RegExp {
  if (isPattern(pattern)) return pattern;
  throw generatorError("DEXT_GENERATE_GENERATOR_INVALID", `The change of "${path}" has no pattern`);
}

function nameOf(parts: unknown): string {
  return hashOf(JSON.stringify(parts)).slice(7, 19);
}

/** Handlebars as a whole is one for all plopfiles, and their helpers would leak: each gets one of its own. */
function createRenderer(plop: Plop): (text: string, data: object) => string {
  const handlebars = plop.handlebars.create();
  for (const name of [...builtInHelpers, ...plop.getHelperList()]) {
    const helper: unknown = plop.getHelper(name);
    if (helper !== undefined) handlebars.registerHelper(name, helper);
  }
  for (const name of plop.getPartialList()) handlebars.registerPartial(name, plop.getPartial(name));
  return (text, data) => handlebars.compile(text, { noEscape: true, strict: false })(data);
}

/** node-plop does not list these. */
const builtInHelpers =
  "camelCase snakeCase dotCase pathCase lowerCase upperCase sentenceCase constantCase titleCase dashCase kabobCase kebabCase properCase pascalCase pkg".split(
    " ",
  );

function promptsOf({ name, prompts = [] }: PlopGenerator): Prompt[] {
  if (!Array.isArray(prompts)) {
    throw generatorError(
      "DEXT_GENERATE_GENERATOR_INVALID",
      `The prompts of "${name}" are code, and cannot be answered by flags`,
      {
        hint: "List the prompts; a prompt may have conditions with `when`.",
      },
    );
  }
  return (prompts as PlopConfig[]).map((prompt) => promptOf(prompt));
}

/** Takes a question of inquirer. */
function promptOf(question: PlopConfig): Prompt {
  const { name, message, when, validate, filter, choices } = question;
  const type = promptTypes.get(question["type"]) ?? "text";
  const standard = question["default"];
  return {
    name: String(name),
    type,
    message: typeof message === "string" ? message : String(name),
    ...(typeof standard === "function" || standard === undefined ? {} : { default: standard, propose: true }),
    ...(typeof when === "function" ? { when: when as NonNullable<Prompt["when"]> } : {}),
    ...(typeof when === "boolean" ? { when: () => when } : {}),
    ...(typeof validate === "function" ? { validate: validate as NonNullable<Prompt["validate"]> } : {}),
    ...(typeof filter === "function" ? { filter: filter as NonNullable<Prompt["filter"]> } : {}),
    ...(Array.isArray(choices) ? { choices: (choices as unknown[]).flatMap(choiceOf) } : {}),
    ...(typeof choices === "function"
      ? {
          choices: (answers: Answers) =>
            givenChoices(name, (choices as (answers: Answers) => unknown)(answers)),
        }
      : {}),
    ...(type === "multiselect" && standard === undefined ? { default: [], propose: true } : {}),
  };
}

const promptTypes: ReadonlyMap<unknown, Prompt["type"]> = new Map([
  ["input", "text"],
  ["editor", "text"],
  ["confirm", "confirm"],
  ["list", "select"],
  ["rawlist", "select"],
  ["expand", "select"],
  ["checkbox", "multiselect"],
  ["number", "number"],
  ["password", "password"],
]);

function givenChoices(name: unknown, choices: unknown): Choice[] {
  if (Array.isArray(choices)) return (choices as unknown[]).flatMap(choiceOf);
  throw generatorError("DEXT_GENERATE_GENERATOR_INVALID", `The choices of "${String(name)}" are no list`, {
    hint: "A function gives a list at once, not a promise of one.",
  });
}

function choiceOf(choice: unknown): Choice[] {
  if (typeof choice === "string" || typeof choice === "number") return [String(choice)];
  const { value, name, type } = choice as { value?: string | number | boolean; name?: string; type?: string };
  if (type === "separator") return [];
  return [{ value: String(value ?? name), ...(name === undefined ? {} : { label: name }) }];
}
