import { hostingError } from "../hosting-error.ts";

/** What can be asked of an endpoint. `hostPort` is `host:port`. */
export type EndpointPart = "url" | "host" | "port" | "hostPort" | "scheme";

/** How a value is written into the text around it. */
export type Encoding =
  /** Percent-encoded, for a part of a URI. */
  | "uri"
  /** Quoted where it has to be, for a value in a connection string of `Key=value;` pairs. */
  | "keyValue";

/** What an expression consists of. Engines read it; each resolves it in its own network. */
export type ExpressionNode =
  | { readonly type: "literal"; readonly text: string }
  | {
      readonly type: "endpoint";
      readonly resource: string;
      readonly endpoint: string;
      readonly part: EndpointPart;
      /** Which replica's address; the first one's when absent. */
      readonly replica?: number;
    }
  | { readonly type: "connectionString"; readonly resource: string }
  | { readonly type: "property"; readonly resource: string; readonly property: string }
  | { readonly type: "parameter"; readonly parameter: string }
  | { readonly type: "encoded"; readonly as: Encoding; readonly inner: ExpressionNode }
  | { readonly type: "join"; readonly parts: readonly ExpressionNode[] };

/**
 * A value that is known only when something runs or is published: an address, a connection string, a parameter.
 *
 * It cannot be pasted into a string; the tag {@link expression} joins it with text.
 */
export class Expression {
  readonly node: ExpressionNode;
  /** The builder that it belongs to, to refuse what comes from another one. */
  readonly owner: object | undefined;

  constructor(node: ExpressionNode, owner?: object) {
    this.node = node;
    this.owner = owner;
  }

  toString(): never {
    throw hostingError(
      "DEXT_MODEL_EXPRESSION_IN_TEXT",
      `A reference (${describeNode(this.node)}) was pasted into text`,
      {
        hint: 'Its value is known only at run time. Join it with the tag: expression`http://${api.endpoint("http").hostPort}/v1`.',
      },
    );
  }
}

/** Something that stands for an expression, such as a parameter. */
export interface HasExpression {
  readonly expression: Expression;
}

/** A value in an environment, in arguments or in an expression. */
export type Value = string | number | boolean | Expression | HasExpression;

/**
 * Joins text and references into one expression.
 *
 * @example
 * ```ts
 * import { createBuilder, expression } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * const api = host.addNodeApp("api", "api.js");
 * const web = host.addNodeApp("web", "web.js");
 * web.withEnvironment("USERS_URL", expression`${api.endpoint("http")}/v1/users`);
 * ```
 */
export function expression(strings: TemplateStringsArray, ...values: readonly Value[]): Expression {
  const parts: ExpressionNode[] = [];
  let owner: object | undefined;
  for (const [index, text] of strings.entries()) {
    if (text !== "") parts.push({ type: "literal", text });
    const value = values[index];
    if (value === undefined) continue;
    const part = toExpression(value);
    owner ??= part.owner;
    parts.push(part.node);
  }
  return new Expression({ type: "join", parts }, owner);
}

/** The same value, written so that it stays one part of what is around it. */
export function encoded(value: Value, as: Encoding): Expression {
  const inner = toExpression(value);
  return new Expression({ type: "encoded", as, inner: inner.node }, inner.owner);
}

/** The expression of a value: literals become literal expressions. */
export function toExpression(value: Value): Expression {
  if (value instanceof Expression) return value;
  if (typeof value === "object") return value.expression;
  return new Expression({ type: "literal", text: String(value) });
}

/** How an expression is shown to a person: `http://{api.http.hostPort}/v1`. */
export function describeNode(node: ExpressionNode): string {
  switch (node.type) {
    case "literal":
      return node.text;
    case "endpoint":
      return node.part === "url"
        ? `{${node.resource}.${node.endpoint}}`
        : `{${node.resource}.${node.endpoint}.${node.part}}`;
    case "connectionString":
      return `{${node.resource}.connectionString}`;
    case "property":
      return `{${node.resource}.${node.property}}`;
    case "parameter":
      return `{${node.parameter}}`;
    case "encoded":
      return describeNode(node.inner);
    case "join":
      return node.parts.map(describeNode).join("");
  }
}

/** Every leaf of an expression that refers to something. */
export function* referencesIn(
  node: ExpressionNode,
): Generator<Exclude<ExpressionNode, { type: "join" | "encoded" | "literal" }>> {
  if (node.type === "join") {
    for (const part of node.parts) yield* referencesIn(part);
  } else if (node.type === "encoded") {
    yield* referencesIn(node.inner);
  } else if (node.type !== "literal") {
    yield node;
  }
}

/** Writes a resolved value as its encoding asks. */
export function encode(text: string, as: Encoding): string {
  if (as === "uri") return encodeURIComponent(text);
  // ADO.NET rules: quote when the value has a separator, a quote or outer white space; double the quotes inside.
  return /[;="']|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
