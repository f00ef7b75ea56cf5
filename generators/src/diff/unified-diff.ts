import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

import type { ChangePlan, FileState, Operation } from "../plan/change-plan.ts";

/** How a diff is shown. */
export interface DiffOptions {
  /** Colours for a terminal; off by default. */
  colour?: boolean;
  /** Unchanged lines around a change, 3 by default. */
  context?: number;
}

/**
 * The unified diff of a plan, as `--dry-run` shows it and `git apply` takes it; empty when nothing changes.
 *
 * @example
 * ```ts
 * import { PlanBuilder, unifiedDiff } from "@dext/generators";
 *
 * const builder = new PlanBuilder("/no/such/folder");
 * builder.write("hello.txt", "Hello\n");
 * if (!unifiedDiff(builder.build()).includes("+Hello")) throw new Error("the new line is missing");
 * ```
 */
export function unifiedDiff(plan: ChangePlan, options: DiffOptions = {}): string {
  return plan.operations.map((operation) => operationDiff(operation, options)).join("");
}

/** The unified diff between two states of one file. */
export function fileDiff(
  path: string,
  {
    before,
    after,
    ...options
  }: DiffOptions & { before: FileState | undefined; after: FileState | undefined },
): string {
  if (before === undefined && after === undefined) return "";
  const head = headOf(path, { before, after });
  const isText = before?.encoding !== "base64" && after?.encoding !== "base64";
  const isSame = before !== undefined && after !== undefined && before.hash === after.hash;
  const body = isSame
    ? ""
    : isText
      ? textBody(path, { before, after, context: options.context ?? 3 })
      : `Binary files ${nameOf("a", path, before)} and ${nameOf("b", path, after)} differ\n`;
  return options.colour === true ? coloured(head + body) : head + body;
}

function operationDiff(operation: Operation, options: DiffOptions): string {
  const before = operation.kind === "create" ? undefined : operation.before;
  const after = operation.kind === "delete" ? undefined : operation.after;
  return fileDiff(operation.path, { ...options, before, after });
}

interface Sides {
  before: FileState | undefined;
  after: FileState | undefined;
}

function headOf(path: string, { before, after }: Sides): string {
  const lines = [`diff --git ${quoted(`a/${path}`)} ${quoted(`b/${path}`)}`];
  if (before === undefined && after !== undefined) lines.push(`new file mode ${gitMode(after)}`);
  else if (after === undefined && before !== undefined) lines.push(`deleted file mode ${gitMode(before)}`);
  else if (before !== undefined && after !== undefined && gitMode(before) !== gitMode(after)) {
    lines.push(`old mode ${gitMode(before)}`, `new mode ${gitMode(after)}`);
  }
  return `${lines.join("\n")}\n`;
}

function textBody(path: string, { before, after, context }: Sides & { context: number }): string {
  const [old, now] = [before?.contents ?? "", after?.contents ?? ""];
  if (old === now) return "";
  return createTwoFilesPatch(
    nameOf("a", path, before),
    nameOf("b", path, after),
    old,
    now,
    undefined,
    undefined,
    { context, headerOptions: FILE_HEADERS_ONLY },
  );
}

function nameOf(side: "a" | "b", path: string, state: FileState | undefined): string {
  return state === undefined ? "/dev/null" : `${side}/${path}`;
}

/** git knows two modes only. */
function gitMode({ mode }: FileState): string {
  return (mode & 0o100) === 0 ? "100644" : "100755";
}

function quoted(name: string): string {
  return /["\\]/.test(name) ? JSON.stringify(name) : name;
}

function coloured(text: string): string {
  return text.replaceAll(/^.*$/gm, (line) => {
    const colour = colourOf(line);
    return colour === undefined || line === "" ? line : `\u001B[${colour}m${line}\u001B[0m`;
  });
}

function colourOf(line: string): number | undefined {
  if (/^(diff --git|---|\+\+\+|new file|deleted file|old mode|new mode)/.test(line)) return 1;
  if (line.startsWith("@@")) return 36;
  if (line.startsWith("+")) return 32;
  return line.startsWith("-") ? 31 : undefined;
}
