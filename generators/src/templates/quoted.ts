import { generatorError } from "../generator-error.ts";

const brand = Symbol("quoted");

/** Text that went through a quoting function, so that a template may paste it. */
export class Quoted {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Pasted into a larger text it would be quoted no longer where it counts. */
  toString(): string {
    throw unquotable("A quoted value", "be put together with other text");
  }
}

/** The quoting functions of every template: `<%= js(name) %>`. */
export interface QuotingFunctions {
  /** A literal of JavaScript and TypeScript: text, numbers, lists, objects. */
  js(value: unknown): Quoted;
  /** JSON, on one line or indented by so many spaces. */
  json(value: unknown, indent?: number): Quoted;
  /** A flow scalar, list or mapping of YAML. */
  yaml(value: unknown): Quoted;
  /** One word of a POSIX shell. */
  sh(value: unknown): Quoted;
  /** A plain word as it is: letters, digits, `.`, `_`, `-`, also `/` and `@` within. Refuses anything else. */
  word(value: unknown): Quoted;
  /** A JavaScript identifier: `order-api` → `orderApi`. */
  identifier(value: unknown): Quoted;
  /** A JavaScript identifier that begins with a capital: `order-api` → `OrderApi`. */
  typeName(value: unknown): Quoted;
  /** One line for a comment of any language. */
  comment(value: unknown): Quoted;
  /** One line of Markdown text. */
  md(value: unknown): Quoted;
}

/** Quotes values for the languages of generated files. */
export const quoting: QuotingFunctions = {
  js: (value) => new Quoted(plainKeys(escapeUnseen(jsonText(value, 0, "js()")))),
  json: (value, indent = 0) => new Quoted(jsonText(value, indent, "json()")),
  yaml: (value) => new Quoted(isPlainYaml(value) ? value : escapeUnseen(jsonText(value, 0, "yaml()"))),
  sh: (value) => new Quoted(shellWord(scalar(value, "sh()"))),
  word: (value) => new Quoted(plainWord(scalar(value, "word()"))),
  identifier: (value) => new Quoted(identifierOf(scalar(value, "identifier()"), false)),
  typeName: (value) => new Quoted(identifierOf(scalar(value, "typeName()"), true)),
  comment: (value) => new Quoted(commentLine(scalar(value, "comment()"))),
  md: (value) => new Quoted(oneLine(scalar(value, "md()")).replaceAll(/[\\`*_{}[\]<>()#+!|~&-]/g, "\\$&")),
};

/** Whether a value may be pasted: quoted, or a number or boolean, which cannot break out of anything. */
export function pasteable(value: unknown): string {
  if (value instanceof Quoted) return value.text;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)))
    return String(value);
  const shown =
    typeof value === "string"
      ? `the text ${JSON.stringify(value.slice(0, 40))}`
      : `a value of type ${typeof value}`;
  throw generatorError("DEXT_GENERATE_TEMPLATE_INVALID", `A template pastes ${shown} without quoting it`, {
    hint: "Write <%= js(value) %>, json(), yaml(), sh(), word(), identifier(), typeName(), comment() or md().",
  });
}

/** Several plain words are text in YAML without quotes, too: `npm ci`. One may be something else: `no`, `null`. */
function isPlainYaml(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][\w./-]*(?: [\w./@-]+)+$/i.test(value);
}

function jsonText(value: unknown, indent: number, by: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, undefined, indent);
  } catch (error) {
    throw unquotable(`A value that is ${(error as Error).message}`, `be written by ${by}`);
  }
  if (text === undefined) throw unquotable(`A value of type ${typeof value}`, `be written by ${by}`);
  // JSON.stringify writes a lone surrogate as \ud800, which YAML and UTF-8 files cannot hold.
  if (/\\ud[89a-f]/i.test(text.replaceAll("\\\\", "")))
    throw unquotable("Text with half a character", `be written by ${by}`);
  return text;
}

/** In a literal `"__proto__": x` sets the prototype; `["__proto__"]: x` is a property like any other. */
function plainKeys(text: string): string {
  return text.replaceAll(/(?<!\\)"__proto__":/g, '["__proto__"]:');
}

/** Line separators end a line in older JavaScript; control characters and byte-order marks are not allowed in YAML. */
function escapeUnseen(text: string): string {
  return text.replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function shellWord(text: string): string {
  if (text.includes("\0")) throw unquotable("Text with a NUL character", "be written by sh()");
  if (/^[\w@%+:,./][\w@%+:,./-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function plainWord(text: string): string {
  if (/^[\w@][\w.@/-]*$/.test(text) && !text.includes("..")) return text;
  throw unquotable(
    JSON.stringify(text),
    "be written by word(), which takes letters, digits and . _ - @ / only",
  );
}

function identifierOf(text: string, isCapital: boolean): string {
  const parts = text
    .normalize("NFC")
    .split(/[^\p{ID_Continue}$]+/u)
    .filter((part) => part !== "");
  const joined = parts.map((part, index) => (index === 0 && !isCapital ? lower(part) : upper(part))).join("");
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(joined)) {
    throw unquotable(JSON.stringify(text), "be made an identifier");
  }
  return reserved.has(joined) ? `${joined}_` : joined;
}

function lower(part: string): string {
  return part === part.toUpperCase() ? part.toLowerCase() : part.charAt(0).toLowerCase() + part.slice(1);
}

function upper(part: string): string {
  return part.charAt(0).toUpperCase() + part.slice(1);
}

function commentLine(text: string): string {
  return oneLine(text).replaceAll("*/", "* /").replaceAll("-->", "-- >").replaceAll("\\", "/");
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

function scalar(value: unknown, by: string): string {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw unquotable("Text with half a character", `be written by ${by}`);
    return value;
  }
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)))
    return String(value);
  throw unquotable(value === null ? "null" : `A value of type ${typeof value}`, `be written by ${by}`);
}

function unquotable(what: string, how: string): Error {
  return generatorError("DEXT_GENERATE_VALUE_UNQUOTABLE", `${what} cannot ${how}`);
}

/** What no variable can be called. */
const reserved: ReadonlySet<string> = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield".split(
    " ",
  ),
);
