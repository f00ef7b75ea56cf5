import { editText } from "../plan/line-endings.ts";
import { quoting } from "../templates/quoted.ts";
import type { AppHostProgram, ResourceStatement } from "./apphost-program.ts";
import { chainOf, parseAppHost } from "./apphost-program.ts";
import { literal, quotedAs, styleOfProgram } from "./apphost-style.ts";
import type { AppHostStyle } from "./apphost-style.ts";

/** One change of an AppHost. Each does nothing when it has been made already, however it is written there. */
export type AppHostEdit = AddResourceEdit | AddReferenceEdit | AddImportEdit;

/** A resource: `const cache = host.addRedis("cache").withX();`. */
export interface AddResourceEdit {
  readonly kind: "resource";
  /** Such as `addRedis`. */
  readonly method: string;
  readonly name: string;
  /** What follows the name: code, written by the generator, never an answer as it is. */
  readonly options?: readonly string[];
  /** What follows the call: code such as `.withHttpHealthCheck("/health")`. */
  readonly chain?: readonly string[];
  /** The resource that refers to it, which it is put in front of; behind the last one by default. */
  readonly before?: string;
}

/** A reference of one resource to another: `api.withReference(cache).waitFor(cache)`. */
export interface AddReferenceEdit {
  readonly kind: "reference";
  readonly from: string;
  readonly to: string;
  /** Whether `from` starts when `to` is there; true by default. */
  readonly wait?: boolean;
}

/** An import: `import { name } from "module";`. */
export interface AddImportEdit {
  readonly kind: "import";
  readonly name: string;
  readonly module: string;
}

/** What became of an edit. */
export type AppHostEditResult =
  | { readonly outcome: "edited" | "unchanged"; readonly text: string }
  /** Too unusual to be edited: nothing is to be written, and the snippet is for a person to paste. */
  | { readonly outcome: "unsafe"; readonly reason: string; readonly snippet: string };

/**
 * Edits the text of an `apphost.ts` by its syntax tree: everything else stays byte by byte, and what is added has the
 * quotes, semicolons, indentation and line endings of the rest. All edits are made, or none.
 *
 * @example
 * ```ts
 * import { editAppHost } from "@dext/generators";
 *
 * const result = editAppHost('const host = createBuilder();\nawait host.run();\n', [
 *   { kind: "resource", method: "addRedis", name: "cache" },
 * ]);
 * if (result.outcome !== "edited" || !result.text.includes('host.addRedis("cache")')) throw new Error("not added");
 * ```
 */
export function editAppHost(source: string, edits: readonly AppHostEdit[]): AppHostEditResult {
  let unsafe: { reason: string } | undefined;
  const text = editText(source, (plain) => {
    let now = plain;
    for (const edit of edits) {
      const next = editOnce(now, edit);
      if (typeof next !== "string") {
        unsafe = next;
        return plain;
      }
      now = next;
    }
    // What cannot be read back was not understood in the first place.
    const check = parseAppHost(now);
    if (typeof check !== "string") return now;
    unsafe = { reason: check };
    return plain;
  });
  if (unsafe !== undefined) return { outcome: "unsafe", reason: unsafe.reason, snippet: snippetOf(edits) };
  return { outcome: text === source ? "unchanged" : "edited", text };
}

function editOnce(source: string, edit: AppHostEdit): string | { reason: string } {
  const appHost = parseAppHost(source);
  if (typeof appHost === "string") return { reason: appHost };
  const style = styleOfProgram(source, appHost.program);
  if (edit.kind === "import") return addImport(source, { appHost, edit, style });
  return edit.kind === "resource"
    ? addResource(source, { appHost, edit, style })
    : addReference(source, { appHost, edit, style });
}

interface Place<Edit> {
  readonly appHost: AppHostProgram;
  readonly edit: Edit;
  readonly style: AppHostStyle;
}

function addImport(
  source: string,
  { appHost, edit, style }: Place<AddImportEdit>,
): string | { reason: string } {
  const imports = appHost.program.body.filter((statement) => statement.type === "ImportDeclaration");
  const isThere = imports.some(
    ({ source: from, specifiers }) =>
      from.value === edit.module &&
      specifiers.some(
        (each) =>
          each.type === "ImportSpecifier" &&
          nameOf(each.imported) === edit.name &&
          each.local.name === edit.name,
      ),
  );
  if (isThere) return source;
  if (appHost.names.has(edit.name)) return { reason: `the name "${edit.name}" is taken` };
  const same = imports.find(
    (each) =>
      each.source.value === edit.module &&
      each.importKind !== "type" &&
      each.specifiers.some(({ type }) => type === "ImportSpecifier"),
  );
  const last = same?.specifiers.findLast(({ type }) => type === "ImportSpecifier");
  if (last !== undefined) {
    const lineStart = source.lastIndexOf("\n", last.start - 1) + 1;
    const before = source.slice(lineStart, last.start);
    const separator = /^[ \t]*$/.test(before) ? `,\n${before}` : ", ";
    return splice(source, { at: last.end, insert: separator + edit.name });
  }
  const line = `import { ${edit.name} } from ${literal(edit.module, style)}${end(style)}`;
  const lastImport = imports.at(-1);
  if (lastImport !== undefined)
    return splice(source, { at: placeBehind(source, lastImport), insert: `\n${line}` });
  return splice(source, { at: appHost.program.body[0]?.start ?? 0, insert: `${line}\n\n` });
}

function addResource(
  source: string,
  { appHost, edit, style }: Place<AddResourceEdit>,
): string | { reason: string } {
  const known = appHost.resources.find(({ name }) => name === edit.name);
  if (known !== undefined) {
    if (known.method === edit.method) return source;
    return { reason: `"${edit.name}" is added already, by ${known.method}()` };
  }
  const { runStatement, resources, others } = appHost;
  const other = others.find(({ name }) => name === edit.name);
  if (other?.method === edit.method) return source;
  if (other !== undefined) {
    return { reason: `"${edit.name}" is added already, by ${other.method}() in line ${other.line}` };
  }
  const user = resources.findIndex(({ name }) => name === edit.before);
  // After the last resource, since what is added later may refer to it; else after the builder. Comments stay with what
  // stands below them.
  const last = user === -1 ? resources.at(-1) : resources[user - 1];
  const after = last?.statement ?? appHost.builderStatement;
  if (runStatement !== undefined && runStatement.end <= after.end) {
    return { reason: "a resource stands behind the statement that runs the AppHost" };
  }
  const variable = freeName(edit.name, appHost);
  const line = resourceLine({ edit, style, builder: appHost.builder, variable });
  const at = placeBehind(source, after);
  const gap = needsGap(source, { last, at }) ? "\n" : "";
  return splice(source, { at, insert: `\n${gap}${line}${endAt(source, { at, appHost, style })}` });
}

function addReference(
  source: string,
  { appHost, edit, style }: Place<AddReferenceEdit>,
): string | { reason: string } {
  const from = appHost.resources.find(({ name }) => name === edit.from);
  const to = appHost.resources.find(({ name }) => name === edit.to);
  if (from === undefined || to === undefined) {
    return { reason: `no statement at the top adds "${from === undefined ? edit.from : edit.to}"` };
  }
  const left = [from, to].find(({ leaves }) => leaves !== undefined);
  if (left !== undefined) {
    return { reason: `what adds "${left.name}" goes on with ${left.leaves}(), which gives something else` };
  }
  if (to.variable === undefined) {
    // The statement gets a constant, and the positions are other ones then.
    if (to.statement.type !== "ExpressionStatement") return { reason: `no constant holds "${edit.to}"` };
    const variable = freeName(edit.to, appHost);
    const named = splice(source, { at: to.statement.start, insert: `const ${variable} = ` });
    return editOnce(named, edit);
  }
  const steps = ["withReference", ...(edit.wait === false ? [] : ["waitFor"])].filter(
    (method) => !hasCall(appHost, { from, method, target: to.variable ?? "" }),
  );
  if (steps.length === 0) return source;
  const { variable } = to;
  // A constant is there only from its statement on.
  if (to.statement.start < from.statement.start)
    return addToChain(source, { from, style, calls: steps.map((method) => `.${method}(${variable})`) });
  return addAfterwards(source, {
    appHost,
    from,
    to,
    style,
    calls: steps.map((method) => `.${method}(${variable})`),
  });
}

/** Behind the last call of a chain, on lines of their own where the others are, too. */
function addToChain(
  source: string,
  { from, style, calls }: { from: ResourceStatement; style: AppHostStyle; calls: readonly string[] },
): string {
  const last = from.calls.at(-1);
  const gap = last === undefined ? "" : source.slice(last.objectEnd, last.start);
  const lineStart = source.lastIndexOf("\n", from.statement.start - 1) + 1;
  const outer = /^[ \t]*/.exec(source.slice(lineStart))?.[0] ?? "";
  const indentation = /\n([ \t]*)\.?\s*$/.exec(gap)?.[1] ?? outer + style.indentation;
  const isBroken = gap.includes("\n") || from.calls.length + calls.length > 2;
  if (!isBroken) return splice(source, { at: from.chain.end, insert: calls.join("") });
  const insert = calls.map((call) => `\n${indentation}${call}`).join("");
  const added = splice(source, { at: from.chain.end, insert });
  // A chain that was on one line gets broken before each call but the first.
  return from.calls
    .slice(1)
    .toReversed()
    .filter(({ objectEnd, start }) => !source.slice(objectEnd, start).includes("\n"))
    .reduce(
      (text, { objectEnd }) =>
        gap.includes("\n") ? text : splice(text, { at: objectEnd, insert: `\n${indentation}` }),
      added,
    );
}

/** A statement of its own, behind the one that adds what is referred to. */
function addAfterwards(
  source: string,
  {
    appHost,
    from,
    to,
    style,
    calls,
  }: {
    appHost: AppHostProgram;
    from: ResourceStatement;
    to: ResourceStatement;
    style: AppHostStyle;
    calls: readonly string[];
  },
): string | { reason: string } {
  const { runStatement } = appHost;
  if (runStatement !== undefined && runStatement.end <= to.statement.end) {
    return { reason: `"${to.name}" is added behind the statement that runs the AppHost` };
  }
  const at = placeBehind(source, to.statement);
  const ended = endAt(source, { at, appHost, style });
  if (from.variable === undefined) {
    if (from.statement.type !== "ExpressionStatement") return { reason: `no constant holds "${from.name}"` };
    const variable = freeName(from.name, appHost);
    const added = splice(source, { at, insert: `\n${variable}${calls.join("")}${ended}` });
    return splice(added, { at: from.statement.start, insert: `const ${variable} = ` });
  }
  return splice(source, { at, insert: `\n${from.variable}${calls.join("")}${ended}` });
}

/** Whether a call with this argument is there, in the chain or in a statement of its own. */
function hasCall(
  { program }: AppHostProgram,
  { from, method, target }: { from: ResourceStatement; method: string; target: string },
): boolean {
  const isIt = (call: ResourceStatement["calls"][number]): boolean => {
    const [first] = call.arguments;
    return call.method === method && first?.type === "Identifier" && first.name === target;
  };
  if (from.calls.some(isIt)) return true;
  if (from.variable === undefined) return false;
  return program.body.some((statement) => {
    if (statement.type !== "ExpressionStatement") return false;
    const { root, calls } = chainOf(statement.expression);
    return root.type === "Identifier" && root.name === from.variable && calls.some(isIt);
  });
}

function resourceLine({
  edit: { method, name, options = [], chain = [] },
  style,
  builder,
  variable,
}: {
  edit: AddResourceEdit;
  style: AppHostStyle;
  builder: string;
  variable: string;
}): string {
  const call = `.${method}(${[literal(name, style), ...options.map((code) => quotedAs(code, style))].join(", ")})`;
  const start = `const ${variable} = ${builder}`;
  const isShort = chain.length < 2 && start.length + call.length + chain.join("").length < 100;
  const calls = [call, ...chain.map((code) => quotedAs(code, style))];
  const body = isShort ? calls.join("") : calls.map((each) => `\n${style.indentation}${each}`).join("");
  return start + body;
}

/** What a person can paste where the edit was too daring. */
function snippetOf(edits: readonly AppHostEdit[]): string {
  const style: AppHostStyle = { quote: '"', semicolons: true, indentation: "  " };
  return edits
    .map((edit) => {
      if (edit.kind === "import") return `import { ${edit.name} } from ${literal(edit.module, style)};`;
      if (edit.kind === "resource")
        return `${resourceLine({ edit, style, builder: "host", variable: freeName(edit.name) })};`;
      const to = freeName(edit.to);
      return `${freeName(edit.from)}.withReference(${to})${edit.wait === false ? "" : `.waitFor(${to})`};`;
    })
    .join("\n");
}

/** `order-db` → `orderDb`, or `orderDb2` where that is taken. */
function freeName(name: string, appHost?: AppHostProgram): string {
  const wanted = quoting.identifier(/^\d/.test(name) ? `_${name}` : name).text;
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? wanted : `${wanted}${count}`;
    const isTaken = appHost?.names.has(candidate) === true || appHost?.mentioned.has(candidate) === true;
    if (!isTaken) return candidate;
  }
}

/** Between paragraphs of several lines there is an empty line. */
function needsGap(
  source: string,
  { last, at }: { last: ResourceStatement | undefined; at: number },
): boolean {
  if (last === undefined) return true;
  return source.slice(last.statement.start, at).includes("\n");
}

/**
 * Where a statement goes that stands behind another. Without semicolons a line such as `;[1, 2].forEach(…)` begins with
 * the one that ends the statement above: the two stay together.
 */
function placeBehind(source: string, { end: position }: { end: number }): number {
  const text = source[position - 1] === ";" ? source.slice(0, position - 1).trimEnd() : source;
  const isNextLines = source.slice(text.length, position).includes("\n");
  const lineEnd = lineEndAfter(source, position);
  const isAlone = lineEnd === source.length || source[lineEnd] === "\n";
  return isNextLines && !isAlone ? text.length : lineEnd;
}

/** What a new statement ends with. Without semicolons one is needed where the next line would be read as part of it. */
function endAt(
  source: string,
  { at, appHost, style }: { at: number; appHost: AppHostProgram; style: AppHostStyle },
): string {
  const next = appHost.program.body.find(({ start }) => start >= at);
  const isJoined =
    next !== undefined &&
    /[([`/+-]/.test(source[next.start] ?? "") &&
    !source.slice(at, next.start).trimEnd().endsWith(";");
  return isJoined ? ";" : end(style);
}

/** Behind a comment on the same line. */
function lineEndAfter(source: string, position: number): number {
  const lineEnd = source.indexOf("\n", position);
  const rest = source.slice(position, lineEnd < 0 ? source.length : lineEnd);
  return /^[ \t;]*(\/\/[^\n]*|\/\*[^\n]*\*\/[ \t]*)?$/.test(rest) ? position + rest.length : position;
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.name ?? String(node.value);
}

function end({ semicolons }: AppHostStyle): string {
  return semicolons ? ";" : "";
}

function splice(source: string, { at, insert }: { at: number; insert: string }): string {
  return source.slice(0, at) + insert + source.slice(at);
}
