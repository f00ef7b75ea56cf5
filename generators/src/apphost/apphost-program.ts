import { parseSync } from "oxc-parser";
import type { Argument, CallExpression, Expression, Node, Program, Statement } from "oxc-parser";

/** A statement of an AppHost that adds a resource, such as `const cache = host.addRedis("cache").withX();`. */
export interface ResourceStatement {
  readonly name: string;
  /** Such as `addRedis`. */
  readonly method: string;
  /** The constant that holds it; undefined when it is held by none. */
  readonly variable: string | undefined;
  readonly statement: Statement;
  /** The whole chain, `host.addRedis("cache").withX()`. */
  readonly chain: CallExpression;
  /** The calls of the chain, the first one first. */
  readonly calls: readonly ChainCall[];
  /** The call after which the chain is about something else: `addDatabase` gives a database, `endpoint` an address. */
  readonly leaves: string | undefined;
}

/** A call somewhere that adds a resource, such as `if (isLocal) addMail(host, "mail");`. */
export interface OtherAddition {
  readonly name: string;
  readonly method: string;
  /** Counted from 1. */
  readonly line: number;
}

/** One call of a chain. */
export interface ChainCall {
  readonly method: string;
  readonly arguments: readonly Argument[];
  /** Where the object that it is called on ends: before `.withX()` or the line break above it. */
  readonly objectEnd: number;
  readonly start: number;
  readonly end: number;
}

/** What was understood of an AppHost. Positions are those of JavaScript strings. */
export interface AppHostProgram {
  readonly program: Program;
  /** The constant that holds the builder: `const host = createBuilder()`. */
  readonly builder: string;
  readonly builderStatement: Statement;
  readonly resources: readonly ResourceStatement[];
  /** What is added within blocks, functions and other expressions. */
  readonly others: readonly OtherAddition[];
  /** `await host.run()`, or whatever else runs or builds it. */
  readonly runStatement: Statement | undefined;
  /** Every name that is declared at the top or imported. */
  readonly names: ReadonlySet<string>;
  /** Every name that stands anywhere, such as `process`: a constant of that name would change what is meant by it. */
  readonly mentioned: ReadonlySet<string>;
}

/** Parses an AppHost; gives the reason when it cannot be edited safely. */
export function parseAppHost(source: string): AppHostProgram | string {
  const { program, errors } = parseSync("apphost.ts", source, {
    sourceType: "module",
    preserveParens: false,
  });
  if (errors.length > 0) return `it does not parse: ${errors[0]?.message ?? ""}`;
  const builders = program.body.flatMap((statement) => builderOf(statement) ?? []);
  const [builder, second] = builders;
  if (builder === undefined) return "no constant at the top holds `createBuilder()`";
  if (second !== undefined) return "more than one constant holds `createBuilder()`";
  const resources: ResourceStatement[] = [];
  for (const statement of program.body) resources.push(...resourcesOf(statement, builder.name));
  const names = new Set(program.body.flatMap(declaredNames));
  const { mentioned, additions } = lookThrough(program);
  const understood = new Set(resources.map(({ calls }) => calls[0]?.end));
  const twice = resources.find(
    ({ name }, index) => resources.findIndex((each) => each.name === name) !== index,
  );
  if (twice !== undefined) return `"${twice.name}" is added twice`;
  const runStatement = program.body.find((statement) => isRun(statement, builder.name));
  return {
    program,
    builder: builder.name,
    builderStatement: builder.statement,
    resources,
    others: additions
      .filter(({ end }) => !understood.has(end))
      .map(({ name, method, end }) => ({ name, method, line: source.slice(0, end).split("\n").length })),
    runStatement,
    names,
    mentioned,
  };
}

/** The calls of `a.b().c()` from the innermost on, and what the first one is called on. */
export function chainOf(expression: Expression): { root: Expression; calls: ChainCall[] } {
  if (expression.type !== "CallExpression" || expression.callee.type !== "MemberExpression") {
    return { root: expression, calls: [] };
  }
  const { callee } = expression;
  if (callee.computed || callee.optional || callee.property.type !== "Identifier") {
    return { root: expression, calls: [] };
  }
  const inner = chainOf(callee.object);
  const call: ChainCall = {
    method: callee.property.name,
    arguments: expression.arguments,
    objectEnd: callee.object.end,
    start: callee.property.start,
    end: expression.end,
  };
  return { root: inner.root, calls: [...inner.calls, call] };
}

/** The text of a literal without placeholders. */
function textOf(node: Argument | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

function builderOf(statement: Statement): { name: string; statement: Statement } | undefined {
  const declared = unexported(statement);
  if (declared.type !== "VariableDeclaration") return undefined;
  for (const { id, init } of declared.declarations) {
    const call = init?.type === "AwaitExpression" ? init.argument : init;
    const isBuilder =
      call?.type === "CallExpression" &&
      call.callee.type === "Identifier" &&
      call.callee.name === "createBuilder";
    if (isBuilder && id.type === "Identifier") return { name: id.name, statement };
  }
  return undefined;
}

function resourcesOf(statement: Statement, builder: string): ResourceStatement[] {
  const declared = unexported(statement);
  if (declared.type === "ExpressionStatement") {
    const found = resourceOf(declared.expression, { builder, variable: undefined, statement });
    return found === undefined ? [] : [found];
  }
  if (declared.type !== "VariableDeclaration") return [];
  return declared.declarations.flatMap(({ id, init }) => {
    const variable = id.type === "Identifier" ? id.name : undefined;
    const found = init && resourceOf(init, { builder, variable, statement });
    return found === null || found === undefined ? [] : [found];
  });
}

function resourceOf(
  expression: Expression,
  { builder, variable, statement }: { builder: string; variable: string | undefined; statement: Statement },
): ResourceStatement | undefined {
  const { root, calls } = chainOf(expression);
  const [first] = calls;
  if (root.type !== "Identifier" || root.name !== builder || first === undefined) return undefined;
  const name = textOf(first.arguments[0]);
  if (!first.method.startsWith("add") || name === undefined) return undefined;
  const leaves = calls.slice(1).find(({ method }) => !/^(?:with|wait)[A-Z]/.test(method))?.method;
  return {
    name,
    method: first.method,
    variable,
    statement,
    chain: expression as CallExpression,
    calls,
    leaves,
  };
}

/** Looks at every node of a program, however deep. */
function lookThrough(program: Program): {
  mentioned: ReadonlySet<string>;
  additions: readonly { name: string; method: string; end: number }[];
} {
  const mentioned = new Set<string>();
  const additions: { name: string; method: string; end: number }[] = [];
  const look = (node: Node): void => {
    if (node.type === "Identifier") mentioned.add(node.name);
    if (node.type === "CallExpression") additions.push(...additionsOf(node));
    for (const [key, inner] of Object.entries(node)) {
      if (isPropertyName(node, key)) continue;
      for (const each of Array.isArray(inner) ? (inner as unknown[]) : [inner]) if (isNode(each)) look(each);
    }
  };
  look(program);
  return { mentioned, additions };
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** `a` of `x.a` and of `{ a: 1 }`, which is no name of a constant. */
function isPropertyName(node: Node, key: string): boolean {
  const isComputed = "computed" in node && node.computed;
  return !isComputed && (key === "key" || (key === "property" && node.type === "MemberExpression"));
}

// host.addRedis("cache")   server.addDatabase("shop")   addMail(host, "mail")
function additionsOf({
  callee,
  arguments: [first, second],
  end,
}: CallExpression): { name: string; method: string; end: number }[] {
  const isMember = callee.type === "MemberExpression";
  const called = isMember && !callee.computed ? callee.property : callee;
  const name = textOf(isMember ? first : second);
  if (called.type !== "Identifier" || name === undefined || !/^add[A-Z]/.test(called.name)) return [];
  return [{ name, method: called.name, end }];
}

function isRun(statement: Statement, builder: string): boolean {
  const declared = unexported(statement);
  const expressions =
    declared.type === "ExpressionStatement"
      ? [declared.expression]
      : declared.type === "VariableDeclaration"
        ? declared.declarations.flatMap(({ init }) => init ?? [])
        : [];
  return expressions.some((expression) => {
    const call = expression.type === "AwaitExpression" ? expression.argument : expression;
    const { root, calls } = chainOf(call);
    return (
      root.type === "Identifier" &&
      root.name === builder &&
      ["run", "build", "start"].includes(calls[0]?.method ?? "")
    );
  });
}

function declaredNames(statement: Statement): string[] {
  if (statement.type === "ImportDeclaration") return statement.specifiers.map(({ local }) => local.name);
  const declared =
    statement.type === "ExportDefaultDeclaration" ? statement.declaration : unexported(statement);
  if (declared.type === "VariableDeclaration") {
    return declared.declarations.flatMap(({ id }) => patternNames(id as unknown as PatternNode));
  }
  const hasName =
    declared.type === "FunctionDeclaration" ||
    declared.type === "ClassDeclaration" ||
    declared.type === "TSEnumDeclaration";
  return hasName && declared.id !== null ? [declared.id.name] : [];
}

interface PatternNode {
  readonly type: string;
  readonly name?: string;
  readonly properties?: readonly PatternNode[];
  readonly elements?: readonly (PatternNode | null)[];
  readonly value?: PatternNode;
  readonly argument?: PatternNode;
  readonly left?: PatternNode;
}

/** The names of `{ a, b: [c], ...d }`. */
function patternNames(node: PatternNode): string[] {
  if (node.type === "Identifier" && node.name !== undefined) return [node.name];
  const inner = [...(node.properties ?? []), ...(node.elements ?? []), node.value, node.argument, node.left];
  return inner.flatMap((each) => (each === null || each === undefined ? [] : patternNames(each)));
}

function unexported(statement: Statement): Statement {
  return statement.type === "ExportNamedDeclaration" && statement.declaration !== null
    ? statement.declaration
    : statement;
}
