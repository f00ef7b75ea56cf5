import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import { generatorError } from "../generator-error.ts";
import type { FollowUp } from "../plan/change-plan.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import type { JsonEdit } from "../edits/edit-json.ts";
import type { Draft } from "./draft.ts";

/** The answers of a run, by the names of the prompts. */
export type Answers = Readonly<Record<string, unknown>>;

/** One question of a generator. */
export interface Prompt {
  /** Also the flag: `packageManager` is asked for by `--package-manager`. */
  readonly name: string;
  readonly type: "text" | "confirm" | "select" | "multiselect" | "number" | "password";
  readonly message: string;
  /** What `select` and `multiselect` take. */
  readonly choices?: readonly Choice[] | ((answers: Answers) => readonly Choice[]);
  readonly default?: unknown;
  /** Whether the question has a meaning, given the answers so far. */
  readonly when?: (answers: Answers) => boolean;
  /** What is wrong with an answer; undefined or true when it is right. */
  readonly validate?: (value: unknown, answers: Answers) => string | boolean | undefined;
  /** Makes something else of an answer before it is checked. */
  readonly filter?: (value: unknown, answers: Answers) => unknown;
  /** Asked, where somebody can be asked, even when there is a default, which is proposed then. */
  readonly propose?: boolean;
  /** The generator can do without. */
  readonly optional?: boolean;
}

/** What can be chosen. */
export type Choice = string | { readonly value: string; readonly label?: string; readonly hint?: string };

/** What a generator is told besides its answers. */
export interface GeneratorContext {
  readonly answers: Answers;
  /** Absolute path of the folder that is generated into. */
  readonly target: string;
  /** What is in it. */
  readonly tree: TargetTree;
}

/** What prompts can depend on. */
export interface PromptContext extends Omit<GeneratorContext, "answers"> {
  /** The answers of flags, of the answers file and of an earlier run, not checked yet. */
  readonly given: Answers;
}

/** Where the text of an action comes from: written there, or a template that is rendered. */
export interface TextSource {
  readonly text?: string;
  /** A template's name, such as `service/main.ts.ejs`. */
  readonly template?: string;
  /** What the template is given besides the answers. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A file that the generator makes. */
export interface AddAction extends TextSource {
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly executable?: boolean;
  /** Leaves a file alone that is there already. */
  readonly ifAbsent?: boolean;
}

/** All templates of a folder: `.ejs` files rendered (without the ending), others as they are. */
export interface AddTreeAction {
  /** The folder of templates, such as `service/api`. */
  readonly templates: string;
  /** The folder they go to; the target itself by default. */
  readonly into?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** The path of a file in the folder, given its template's without `.ejs`; undefined leaves it out. */
  readonly rename?: (path: string) => string | undefined;
}

/** Text at a place in a file of somebody else. */
export interface ModifyAction extends TextSource {
  readonly path: string;
  readonly anchor: string | RegExp;
  readonly insert: "before" | "after" | "replace";
  readonly unless?: string | RegExp;
}

/** Text at the end of a file of somebody else. */
export interface AppendAction extends TextSource {
  readonly path: string;
  readonly unless?: string | RegExp;
}

/** Changes of a JSON file. */
export interface JsonEditAction {
  readonly path: string;
  readonly edits: readonly JsonEdit[];
}

/** Changes of an AppHost by its syntax tree. Where that is not safe, what to paste becomes a next step. */
export interface AppHostAction {
  readonly path: string;
  readonly edits: readonly AppHostEdit[];
}

/** Any edit of a text file, made by code. It must change nothing when it has been made already. */
export interface EditAction {
  readonly path: string;
  /** Tells it from others of the same file: an update does not repeat an edit that was made under this name. */
  readonly name: string;
  /** What a file that is not there is begun with; without it, that is an error. The file is then nobody's but the user's. */
  readonly create?: string;
  readonly edit: (text: string) => string;
}

/** One step of a generator, run by node-plop. */
export type Action = (
  | ({ readonly type: "add" } & AddAction)
  | ({ readonly type: "add-tree" } & AddTreeAction)
  | ({ readonly type: "modify" } & ModifyAction)
  | ({ readonly type: "append" } & AppendAction)
  | ({ readonly type: "json-edit" } & JsonEditAction)
  | ({ readonly type: "apphost" } & AppHostAction)
  | ({ readonly type: "edit" } & EditAction)
  | { readonly type: "delete"; readonly path: string }
  | { readonly type: "follow-up"; readonly step: FollowUp }
) & {
  /** Gives the reason to leave the action out; anything but text runs it. */
  readonly skip?: (answers: Answers) => unknown;
};

/** A generator: questions, and what is made of the answers. */
export interface GeneratorDefinition {
  /** As in `dext new <name>`: lower-case letters, digits and `-`. */
  readonly name: string;
  readonly description: string;
  readonly prompts?: readonly Prompt[];
  /** Prompts that depend on what is in the target, behind the others. */
  readonly morePrompts?: (context: PromptContext) => readonly Prompt[] | Promise<readonly Prompt[]>;
  /** What the target tells about the answers. */
  readonly detect?: (context: Omit<GeneratorContext, "answers">) => Answers | Promise<Answers>;
  /** The steps, as a list. */
  readonly actions?:
    | readonly Action[]
    | ((context: GeneratorContext) => readonly Action[] | Promise<readonly Action[]>);
  /** The steps, as code. Runs after the actions. */
  readonly plan?: (draft: Draft, context: GeneratorContext) => void | Promise<void>;
  /** Names what a run makes, so that another run finds it: by default the generator and the answer `name`. */
  readonly unit?: (answers: Answers) => string;
}

/**
 * Defines a generator, as in a repository's `dext.generators.ts`; checks that it is one.
 *
 * @throws DextError `DEXT_GENERATE_GENERATOR_INVALID`
 * @example
 * ```ts
 * import { defineGenerator } from "@dext/generators";
 *
 * export default defineGenerator({
 *   name: "note",
 *   description: "A note in notes/",
 *   prompts: [{ name: "name", type: "text", message: "Its name" }],
 *   actions: ({ answers }) => [
 *     { type: "add", path: `notes/${String(answers["name"])}.md`, text: "# Note\n" },
 *   ],
 * });
 * ```
 */
export function defineGenerator(definition: GeneratorDefinition): GeneratorDefinition {
  const fault = faultOf(definition);
  if (fault === undefined) return definition;
  throw generatorError("DEXT_GENERATE_GENERATOR_INVALID", `This is no generator: ${fault}`, {
    hint: "A generator has name, description, and actions or plan; prompts if it asks something.",
  });
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "it is no object";
  const {
    name,
    description,
    prompts = [],
    morePrompts,
    actions,
    plan,
  } = value as Partial<GeneratorDefinition>;
  if (typeof name !== "string" || !/^[a-z][a-z\d-]*$/.test(name)) {
    return `its name is ${JSON.stringify(name)}, wanted lower-case letters, digits and "-"`;
  }
  if (typeof description !== "string") return `"${name}" has no description`;
  if (!Array.isArray(prompts)) return `the prompts of "${name}" are no list`;
  if (morePrompts !== undefined && typeof morePrompts !== "function")
    return `morePrompts of "${name}" is no function`;
  if (actions === undefined && plan === undefined) return `"${name}" has neither actions nor plan`;
  const names = prompts.map((prompt: Prompt) => prompt.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  return twice === undefined ? undefined : `"${name}" asks for "${twice}" twice`;
}
