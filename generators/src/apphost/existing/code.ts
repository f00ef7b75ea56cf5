import { quoting } from "../../templates/quoted.ts";

/** A value in an AppHost: data, or what refers to a resource or a parameter of it. */
export type Code =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "parameter"; readonly parameter: string }
  | { readonly kind: "resource"; readonly resource: string }
  | { readonly kind: "property"; readonly resource: string; readonly property: string }
  | {
      readonly kind: "endpoint";
      readonly resource: string;
      readonly endpoint: string;
      readonly part: "url" | "host" | "port" | "hostPort";
    }
  /** Percent-encoded, as a part of a URI. */
  | { readonly kind: "encoded"; readonly inner: Code }
  | { readonly kind: "join"; readonly parts: readonly Code[] }
  | { readonly kind: "list"; readonly items: readonly Code[] }
  /** The options of a call. */
  | { readonly kind: "options"; readonly entries: readonly (readonly [string, Code])[] };

/** A call of a chain: `.withEnvironment("MODE", "dev")`. */
export interface CodeCall {
  readonly method: string;
  readonly args: readonly Code[];
}

/** Data as code. */
export function value(data: unknown): Code {
  return { kind: "value", value: data };
}

/** Texts and references one behind the other; text beside text becomes one, and text alone stays text. */
export function join(parts: readonly Code[]): Code {
  const joined: Code[] = [];
  for (const part of parts.flatMap((each) => (each.kind === "join" ? each.parts : [each]))) {
    const last = joined.at(-1);
    if (part.kind === "value" && part.value === "") continue;
    if (part.kind === "value" && last?.kind === "value") {
      joined[joined.length - 1] = value(String(last.value) + String(part.value));
    } else joined.push(part);
  }
  const [first] = joined;
  if (first === undefined) return value("");
  return joined.length === 1 ? first : { kind: "join", parts: joined };
}

/** The names of the resources that a value refers to. */
export function resourcesIn(code: Code): string[] {
  switch (code.kind) {
    case "resource":
    case "property":
    case "endpoint":
      return [code.resource];
    case "encoded":
      return resourcesIn(code.inner);
    case "join":
      return code.parts.flatMap(resourcesIn);
    case "list":
      return code.items.flatMap(resourcesIn);
    case "options":
      return code.entries.flatMap(([, each]) => resourcesIn(each));
    default:
      return [];
  }
}

/** The names of the parameters that a value refers to. */
export function parametersIn(code: Code): string[] {
  switch (code.kind) {
    case "parameter":
      return [code.parameter];
    case "encoded":
      return parametersIn(code.inner);
    case "join":
      return code.parts.flatMap(parametersIn);
    case "list":
      return code.items.flatMap(parametersIn);
    case "options":
      return code.entries.flatMap(([, each]) => parametersIn(each));
    default:
      return [];
  }
}

/** What names in code stand for. */
export interface CodeNames {
  /** The constant of a resource or a parameter. */
  readonly resource: (name: string) => string;
  readonly parameter: (name: string) => string;
  /** Told of each function that must be imported. */
  readonly uses: (helper: "expression" | "encoded") => void;
}

/** The text of a value. Whatever comes from a file is quoted. */
export function writeCode(code: Code, names: CodeNames): string {
  switch (code.kind) {
    case "value":
      if (isCompound(code.value)) return writeCode(opened(code.value), names);
      return isScript(code.value) ? `\`${templateText(code.value)}\`` : quoting.js(code.value).text;
    case "parameter":
      return names.parameter(code.parameter);
    case "resource":
      return names.resource(code.resource);
    case "property":
      return `${names.resource(code.resource)}.property(${quoting.js(code.property).text})`;
    case "endpoint": {
      const endpoint = `${names.resource(code.resource)}.endpoint(${quoting.js(code.endpoint).text})`;
      return code.part === "url" ? endpoint : `${endpoint}.${code.part}`;
    }
    case "encoded":
      names.uses("encoded");
      return `encoded(${writeCode(code.inner, names)}, "uri")`;
    case "join":
      names.uses("expression");
      return `expression\`${code.parts.map((part) => writePart(part, names)).join("")}\``;
    case "list":
      return `[${code.items.map((item) => writeCode(item, names)).join(", ")}]`;
    case "options":
      return `{ ${code.entries.map(([key, each]) => `${optionName(key)}: ${writeCode(each, names)}`).join(", ")} }`;
  }
}

/** The text of a call, on several lines where one would be too long. */
export function writeCall({ method, args }: CodeCall, names: CodeNames): string {
  const line = `.${method}(${args.map((arg) => writeCode(arg, names)).join(", ")})`;
  const last = args.at(-1);
  if (line.length <= 94 || last?.kind !== "options") return line;
  const before = args.slice(0, -1).map((arg) => `${writeCode(arg, names)}, `);
  const entries = last.entries.map(([key, each]) => `    ${optionName(key)}: ${writeLong(each, names)},\n`);
  return `.${method}(${before.join("")}{\n${entries.join("")}  })`;
}

/** A value behind its key, a list on as many lines as it has items where one would be too long. */
function writeLong(code: Code, names: CodeNames): string {
  const line = writeCode(code, names);
  const list = code.kind === "value" && Array.isArray(code.value) ? opened(code.value) : code;
  if (line.length <= 80 || list.kind !== "list") return line;
  return `[\n${list.items.map((item) => `      ${writeCode(item, names)},\n`).join("")}    ]`;
}

function isCompound(data: unknown): data is object {
  return typeof data === "object" && data !== null;
}

/** Data with its parts as code, so that they are written as people write them. */
function opened(data: object): Extract<Code, { kind: "list" | "options" }> {
  if (Array.isArray(data)) return { kind: "list", items: (data as unknown[]).map(value) };
  return { kind: "options", entries: Object.entries(data).map(([key, each]) => [key, value(each)]) };
}

function writePart(part: Code, names: CodeNames): string {
  return part.kind === "value" ? templateText(String(part.value)) : `\${${writeCode(part, names)}}`;
}

/** Text of several lines is read as such. */
function isScript(data: unknown): data is string {
  return typeof data === "string" && /\n[^\n]+\n/.test(data);
}

/** Text between backticks: as in a literal, but that other characters end it, and that lines may be lines. */
function templateText(text: string): string {
  if (isScript(text)) return text.split("\n").map(templateText).join("\n");
  return quoting
    .js(text)
    .text.slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("`", "\\`")
    .replaceAll("${", "\\${");
}

function optionName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) && key !== "__proto__" ? key : `[${quoting.js(key).text}]`;
}
