import { randomUUID } from "node:crypto";

import { isDextError } from "@dext/core";
import ejs from "ejs";

import { generatorError } from "../generator-error.ts";
import { pasteable, Quoted, quoting } from "./quoted.ts";

/** A template that can be rendered. */
export interface TemplateSource {
  /** Its name in messages: a path, or where the text comes from. */
  readonly name: string;
  readonly text: string;
  /** Finds what `include("name")` asks for, relative to this template. */
  readonly include?: (name: string) => TemplateSource;
}

/** A template whose syntax is right. */
export interface CompiledTemplate {
  render(data: Readonly<Record<string, unknown>>): string;
}

/**
 * Compiles an EJS template for code: nothing is escaped for HTML, and nothing is pasted that was not quoted. `<%-`,
 * which pastes anything, is refused; `<%= include("part.ejs", { … }) %>` takes in another template.
 *
 * @throws DextError `DEXT_GENERATE_TEMPLATE_INVALID` with file and line
 */
export function compileTemplate(source: TemplateSource): CompiledTemplate {
  checkTags(source);
  let run: (data: Record<string, unknown>) => string;
  try {
    run = ejs.compile(source.text, { filename: engineName, escape });
  } catch (error) {
    const message = (error as Error).message.split("\n")[0]?.replace(/ in .* while compiling ejs$/, "");
    throw invalid(source, { line: lineOfSyntaxError(source), message: message ?? "it does not compile" });
  }
  return {
    render(data) {
      const include = (name: string, more: Record<string, unknown> = {}): Quoted =>
        new Quoted(includeTemplate(source, { name, data: { ...data, ...more } }));
      try {
        // After the data, so that no answer can stand in for a quoting function.
        return run({ ...data, ...quoting, include });
      } catch (error) {
        throw renderError(source, error);
      }
    },
  };
}

/** EJS puts the template's name through the escape function, too, for its messages: one that no answer can be. */
const engineName = `template ${randomUUID()}`;

function escape(value: unknown): string {
  return value === engineName ? engineName : pasteable(value);
}

/** Compiles and renders a template. */
export function renderTemplate(source: TemplateSource, data: Readonly<Record<string, unknown>>): string {
  return compileTemplate(source).render(data);
}

function includeTemplate(
  source: TemplateSource,
  { name, data }: { name: string; data: Record<string, unknown> },
): string {
  if (source.include === undefined) throw new Error(`include(${JSON.stringify(name)}) is not possible here`);
  return renderTemplate(source.include(name), data);
}

/** EJS would paste what `<%-` gives, and what code appends, without asking. */
function checkTags(source: TemplateSource): void {
  const { text } = source;
  for (const { 0: tag, 1: mark, 2: code = "", index } of text.matchAll(/<%([-=_#%]?)([\s\S]*?)%>/g)) {
    const line = lineAt(text, index);
    if (mark === "-") {
      throw invalid(source, {
        line,
        message: `"${tag}" pastes a value without quoting it`,
        hint: "Write <%= js(value) %>, json(), yaml(), sh() or another quoting function; <%= include(…) %> for a part.",
      });
    }
    if (mark !== "#" && mark !== "%" && /\b(__append|__output|escapeFn|rethrow)\b/.test(code)) {
      throw invalid(source, { line, message: `"${tag}" reaches into the template engine` });
    }
  }
}

/** EJS tells no line of a syntax error: the shortest beginning of the template that fails ends in it. */
function lineOfSyntaxError({ text }: TemplateSource): number {
  const tags = [...text.matchAll(/<%([-=_#%]?)([\s\S]*?)[-_]?%>/g)];
  for (const { 1: mark, 2: code = "", index } of tags) {
    if (mark === "=" && !isExpression(code)) return lineAt(text, index);
    if ((mark === "" || mark === "_") && isHopeless(code)) return lineAt(text, index);
  }
  const open = text.lastIndexOf("<%");
  return lineAt(text, open > text.lastIndexOf("%>") ? open : text.length);
}

function isExpression(code: string): boolean {
  return compiles(`return (${code.replace(/;\s*$/, "")}\n)`);
}

/** A statement may be open on either side: `if (a) {`, `} else {`, `}`. */
function isHopeless(code: string): boolean {
  const forms = [
    code,
    `${code}\n}`,
    `{\n${code}`,
    `if (0) {\n${code}`,
    `if (0) {\n${code}\n}`,
    `${code}\n})`,
    `f(() => {\n${code}`,
    `f(() => {\n${code}\n})`,
  ];
  return !forms.some(compiles);
}

function compiles(code: string): boolean {
  try {
    // oxlint-disable-next-line no-new-func, no-implied-eval -- as EJS does; it is only compiled, never run
    void new Function(`with ({}) {\n${code}\n}`);
    return true;
  } catch {
    return false;
  }
}

/** EJS begins the message with `file:line` and the lines around it. */
function renderError(source: TemplateSource, error: unknown): Error {
  if (!(error instanceof Error)) return error as Error;
  const inner = isDextError(error) ? error : undefined;
  // An included template has told its own place already.
  if (inner?.details["line"] !== undefined) return inner;
  const [head = "", ...rest] = error.message.split("\n");
  const line = head.startsWith(`${engineName}:`) ? Number(head.slice(engineName.length + 1)) : Number.NaN;
  const end = rest.findIndex((text) => text === "");
  const reason = Number.isNaN(line) ? error.message : rest.slice(end + 1).join("\n");
  const place = Number.isNaN(line) ? {} : { line };
  const code =
    inner?.code === "DEXT_GENERATE_TEMPLATE_INVALID" ? inner.code : "DEXT_GENERATE_TEMPLATE_FAILED";
  return generatorError(code, `${source.name}:${place.line ?? "?"}: ${reason}`, {
    cause: error,
    details: { file: source.name, ...place },
    ...(inner?.hint === undefined ? {} : { hint: inner.hint }),
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function invalid(
  { name }: TemplateSource,
  { line, message, hint }: { line: number; message: string; hint?: string },
): Error {
  return generatorError("DEXT_GENERATE_TEMPLATE_INVALID", `${name}:${line}: ${message}`, {
    details: { file: name, line },
    ...(hint === undefined ? {} : { hint }),
  });
}
