import { generatorError } from "../generator-error.ts";
import type {
  ChangePlan,
  FileState,
  FollowUp,
  GeneratedRecord,
  Operation,
  PlannedFile,
} from "./change-plan.ts";
import { planVersion } from "./change-plan.ts";
import { fileState } from "./file-state.ts";
import { editText } from "./line-endings.ts";
import { checkPath, collisionKey, foldersAbove } from "./plan-path.ts";
import type { TargetTree } from "./target-tree.ts";
import { openTargetTree } from "./target-tree.ts";

/** Collects the changes of a plan. Nothing is written: it looks at the target and remembers. */
export class PlanBuilder {
  readonly tree: TargetTree;
  readonly #planned = new Map<string, FileState | undefined>();
  readonly #spellings = new Map<string, string>();
  readonly #followUps: FollowUp[] = [];
  readonly #files: PlannedFile[] = [];

  /** @param target the folder to generate into; it need not exist. */
  constructor(target: string) {
    this.tree = openTargetTree(target);
  }

  /** A file as it will be: what is planned for it, else what is on disk; undefined when there is none. */
  read(path: string): FileState | undefined {
    checkPath(path);
    return this.#planned.has(path) ? this.#planned.get(path) : this.tree.read(path);
  }

  /**
   * Plans the contents of a file, new or not. Text and bytes are written as they are.
   *
   * @throws DextError `DEXT_GENERATE_PATH_INVALID`, `DEXT_GENERATE_PATH_COLLISION`, `DEXT_GENERATE_SYMLINK`,
   * `DEXT_GENERATE_NOT_A_FILE`
   */
  write(path: string, contents: string | Uint8Array, { mode }: { mode?: number } = {}): void {
    const before = this.read(path);
    this.#claim(path);
    this.#planned.set(path, fileState(contents, { mode: mode ?? before?.mode ?? defaultMode }));
  }

  /**
   * Plans an edit of a text file that exists or is planned. `edit` sees LF endings and no byte-order mark; the file
   * keeps its own, and its final newline or the absence of one.
   *
   * @returns whether it changes anything
   * @throws DextError `DEXT_GENERATE_FILE_MISSING`, `DEXT_GENERATE_NOT_A_FILE`
   */
  edit(path: string, edit: (text: string) => string): boolean {
    const before = this.read(path);
    if (before === undefined) throw missingFile(path, "edited");
    if (before.encoding !== "utf8") {
      throw generatorError("DEXT_GENERATE_NOT_A_FILE", `"${path}" must be text in UTF-8 to be edited`, {
        details: { path },
      });
    }
    const edited = editText(before.contents, edit);
    if (edited === before.contents) return false;
    this.write(path, edited, { mode: before.mode });
    return true;
  }

  /**
   * Plans to delete a file; its folder stays.
   *
   * @throws DextError `DEXT_GENERATE_FILE_MISSING`
   */
  delete(path: string): void {
    if (this.read(path) === undefined) throw missingFile(path, "deleted");
    this.#planned.set(path, undefined);
  }

  /** Asks for a step after the commit. The same step is asked for once. */
  followUp(step: FollowUp): void {
    const text = JSON.stringify(step);
    if (!this.#followUps.some((known) => JSON.stringify(known) === text)) this.#followUps.push({ ...step });
  }

  /** Notes what became of a file that a generator wanted to write. */
  note(file: PlannedFile): void {
    this.#files.push(file);
  }

  /** The plan: only what differs from the disk. */
  build({ records = [] }: { records?: readonly GeneratedRecord[] } = {}): ChangePlan {
    const operations = [...this.#planned].flatMap(([path, after]) => this.#operation(path, after));
    return {
      version: planVersion,
      target: this.tree.root,
      operations: operations.toSorted(byPath),
      followUps: [...this.#followUps],
      files: this.#files.toSorted(byPath),
      records,
    };
  }

  #operation(path: string, after: FileState | undefined): Operation[] {
    const before = this.tree.read(path);
    if (after === undefined) return before === undefined ? [] : [{ kind: "delete", path, before }];
    if (before === undefined) return [{ kind: "create", path, after }];
    const isSame = before.hash === after.hash && before.mode === after.mode;
    return isSame ? [] : [{ kind: "modify", path, before, after }];
  }

  /** No path may be another one's folder, nor differ from it, on disk or in the plan, by case only. */
  #claim(path: string): void {
    for (const folder of foldersAbove(path)) this.#claimSpelling(folder, { path, isFolder: true });
    this.#claimSpelling(path, { path, isFolder: false });
    const other = this.tree.otherSpelling(path);
    if (other !== undefined && !this.#planned.has(other)) {
      throw collision(path, other);
    }
  }

  #claimSpelling(spelling: string, { path, isFolder }: { path: string; isFolder: boolean }): void {
    const key = collisionKey(spelling);
    const claim = isFolder ? `${spelling}/` : spelling;
    const known = this.#spellings.get(key);
    if (known === undefined) this.#spellings.set(key, claim);
    else if (known !== claim) throw collision(path, known);
  }
}

const defaultMode = 0o644;

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function missingFile(path: string, verb: string): Error {
  return generatorError("DEXT_GENERATE_FILE_MISSING", `"${path}" is to be ${verb}, but does not exist`, {
    details: { path },
  });
}

function collision(path: string, other: string): Error {
  return generatorError("DEXT_GENERATE_PATH_COLLISION", `"${path}" cannot stand beside "${other}"`, {
    hint: "Where case is ignored they are one file; and nothing is both a file and a folder. Choose another name.",
    details: { path, other },
  });
}
