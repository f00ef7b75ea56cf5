import type { AppHostEdit } from "../apphost/edit-apphost.ts";
import { editAppHost } from "../apphost/edit-apphost.ts";
import type { AnchorEdit } from "../edits/edit-at-anchor.ts";
import { appendText, editAtAnchor } from "../edits/edit-at-anchor.ts";
import { editJson } from "../edits/edit-json.ts";
import { generatorError } from "../generator-error.ts";
import type { FileState, FollowUp } from "../plan/change-plan.ts";
import { fileState, hashOf } from "../plan/file-state.ts";
import { editText } from "../plan/line-endings.ts";
import type { PlanBuilder } from "../plan/plan-builder.ts";
import { checkPath, isOwnPath } from "../plan/plan-path.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import type { TemplateLookup } from "../templates/template-lookup.ts";
import type {
  AddAction,
  AddTreeAction,
  Answers,
  AppHostAction,
  AppendAction,
  EditAction,
  JsonEditAction,
  ModifyAction,
  TextSource,
} from "./definition.ts";

/** What a draft is made for. */
export interface DraftOptions {
  /** Collects the changes; several drafts can share one. */
  readonly builder: PlanBuilder;
  readonly answers: Answers;
  readonly templates: TemplateLookup;
  /** Names of edits that are not to be made again. */
  readonly knownEdits?: ReadonlySet<string>;
}

/**
 * What a generator wants: files of its own, and edits of others. It is settled with what is on disk at the end, so a
 * generator that throws half-way has changed nothing.
 */
export class Draft {
  readonly #builder: PlanBuilder;
  readonly #answers: Answers;
  readonly #templates: TemplateLookup;
  readonly #knownEdits: ReadonlySet<string>;
  readonly #wanted = new Map<string, FileState | undefined>();
  readonly #edits = new Set<string>();
  readonly #left = new Set<string>();
  readonly #followUps: FollowUp[] = [];

  constructor({ builder, answers, templates, knownEdits = new Set() }: DraftOptions) {
    this.#builder = builder;
    this.#answers = answers;
    this.#templates = templates;
    this.#knownEdits = knownEdits;
  }

  /** What is on disk. */
  get tree(): TargetTree {
    return this.#builder.tree;
  }

  /** The text of a file as it will be; undefined when there is none. */
  read(path: string): string | undefined {
    return this.#stateOf(path)?.contents;
  }

  /** Wants a file. */
  add(action: AddAction): void {
    const { path, bytes, executable = false, ifAbsent = false } = action;
    checkForeign(path);
    if (ifAbsent && this.#stateOf(path) !== undefined) {
      this.#left.add(path);
      return;
    }
    const contents = bytes ?? this.#textOf(action, `the file "${path}"`);
    this.#wanted.set(path, fileState(contents, { mode: executable ? 0o755 : 0o644 }));
  }

  /** Wants a file for each template of a folder. */
  addTree({ templates, into = "", data = {}, rename = (path) => path }: AddTreeAction): void {
    const names = this.#templates.list(templates);
    if (names.length === 0) this.#templates.find(templates);
    for (const name of names) {
      const isTemplate = name.endsWith(".ejs");
      const inner = rename(name.slice(templates.length + 1).replace(/\.ejs$/, ""));
      if (inner === undefined) continue;
      const path = into === "" ? inner : `${into}/${inner}`;
      if (isTemplate) this.add({ path, template: name, data });
      else this.add({ path, bytes: this.#templates.read(name) });
    }
  }

  /** Wants text at a place in a file. */
  modify(action: ModifyAction): void {
    const { path, anchor, insert, unless } = action;
    const text = this.#textOf(action, `the change of "${path}"`);
    const edit: AnchorEdit = { anchor, insert, text, ...(unless === undefined ? {} : { unless }) };
    const name = fingerprint(["modify", String(anchor), insert, text]);
    this.edit({ path, name, edit: (source) => editAtAnchor(source, { path, ...edit }) });
  }

  /** Wants text at the end of a file. */
  append(action: AppendAction): void {
    const { path, unless } = action;
    const text = this.#textOf(action, `the end of "${path}"`);
    const name = fingerprint(["append", text]);
    this.edit({
      path,
      name,
      edit: (source) => appendText(source, { text, ...(unless === undefined ? {} : { unless }) }),
    });
  }

  /** Wants changes of a JSON file. */
  editJson({ path, edits }: JsonEditAction): void {
    const name = fingerprint(["json", edits]);
    this.edit({ path, name, edit: (source) => editJson(source, { path, edits }) });
  }

  /** Wants changes of an AppHost; what cannot be made safely becomes a next step, and the file stays as it is. */
  editAppHost({ path, edits }: AppHostAction): void {
    const name = fingerprint(["apphost", edits]);
    const isKnown = this.#knownEdits.has(`${path}#${name}`);
    const now = this.read(path);
    const result = now === undefined || isKnown ? undefined : editAppHost(now, edits);
    if (result?.outcome === "unsafe") {
      const text = `Paste this into "${path}", which could not be edited (${result.reason}):\n${result.snippet}`;
      this.followUp({ kind: "next-step", text, required: true });
      return;
    }
    this.edit({ path, name, edit: (source) => (result === undefined ? source : editedText(source, edits)) });
  }

  /**
   * Wants an edit of a text file: of its own, or of somebody else's, which then keeps style and mode.
   *
   * @throws DextError `DEXT_GENERATE_FILE_MISSING` unless `create` is given, and what `edit` throws
   */
  edit({ path, name, create, edit }: EditAction): void {
    checkForeign(path);
    const own = this.#wanted.get(path);
    if (own !== undefined && own.encoding === "utf8") {
      this.#wanted.set(path, fileState(editText(own.contents, edit), { mode: own.mode }));
      return;
    }
    const id = `${path}#${name}`;
    this.#edits.add(id);
    if (this.#knownEdits.has(id)) return;
    if (create !== undefined && this.#builder.read(path) === undefined)
      this.#builder.write(path, edit(create));
    else this.#builder.edit(path, edit);
  }

  /** Wants a file to be gone. */
  delete(path: string): void {
    checkForeign(path);
    if (this.#stateOf(path) === undefined) {
      throw generatorError("DEXT_GENERATE_FILE_MISSING", `"${path}" is to be deleted, but does not exist`, {
        details: { path },
      });
    }
    // A file that was wanted a moment ago is simply wanted no longer.
    if (this.tree.read(path) === undefined) this.#wanted.delete(path);
    else this.#wanted.set(path, undefined);
  }

  /** Wants a step after the commit. */
  followUp(step: FollowUp): void {
    this.#followUps.push(step);
  }

  /** What is wanted, to be settled with the disk. */
  settle(): DraftResult {
    return {
      builder: this.#builder,
      wanted: this.#wanted,
      edits: [...this.#edits],
      left: this.#left,
      followUps: this.#followUps,
    };
  }

  #stateOf(path: string): FileState | undefined {
    checkPath(path);
    return this.#wanted.has(path) ? this.#wanted.get(path) : this.#builder.read(path);
  }

  #textOf({ text, template, data = {} }: TextSource, what: string): string {
    if (text !== undefined && template === undefined) return text;
    if (template !== undefined && text === undefined) {
      return this.#templates.render(template, { ...this.#answers, ...data });
    }
    throw generatorError(
      "DEXT_GENERATE_GENERATOR_INVALID",
      `For ${what} there must be either "text" or "template"`,
    );
  }
}

/** What a draft wants. */
export interface DraftResult {
  readonly builder: PlanBuilder;
  /** Files by path; undefined for one that shall go. */
  readonly wanted: ReadonlyMap<string, FileState | undefined>;
  /** Files that were wanted only if there were none, and are there: they stay as they are. */
  readonly left: ReadonlySet<string>;
  readonly edits: readonly string[];
  readonly followUps: readonly FollowUp[];
}

function editedText(source: string, edits: readonly AppHostEdit[]): string {
  const result = editAppHost(source, edits);
  return result.outcome === "unsafe" ? source : result.text;
}

function checkForeign(path: string): void {
  checkPath(path);
  if (!isOwnPath(path)) return;
  throw generatorError("DEXT_GENERATE_PATH_INVALID", `"${path}" is what Dext keeps for itself`, {
    hint: "A generator writes nothing below .dext.",
    details: { path },
  });
}

function fingerprint(parts: unknown): string {
  return hashOf(JSON.stringify(parts)).slice(7, 19);
}
