import type { Program, Statement } from "oxc-parser";

/** How an AppHost is written, so that what is added looks like the rest. */
export interface AppHostStyle {
  readonly quote: '"' | "'";
  readonly semicolons: boolean;
  /** One level of indentation. */
  readonly indentation: string;
}

/** Looks at the string literals and statement ends of a program. */
export function styleOfProgram(source: string, program: Program): AppHostStyle {
  const simple = program.body.filter(endsWithSemicolon);
  const withSemicolon = simple.filter(({ end }) => source[end - 1] === ";").length;
  const quotes = program.body.flatMap((statement) =>
    statement.type === "ImportDeclaration" ? [source[statement.source.start]] : [],
  );
  const text = quotes.length > 0 ? quotes.join("") : source.replaceAll(/[^"']/g, "");
  const single = text.split("'").length;
  return {
    quote: single > text.split('"').length ? "'" : '"',
    semicolons: simple.length === 0 || withSemicolon * 2 >= simple.length,
    // A line that begins with an asterisk is one of a comment.
    indentation: /\n([ \t]+)[^\s*]/.exec(source)?.[1] ?? "  ",
  };
}

/** A string literal in a style. */
export function literal(text: string, { quote }: AppHostStyle): string {
  const json = JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  if (quote === '"') return json;
  return `'${json
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", String.raw`\'`)}'`;
}

/** Code with its literals in a style; as it is where quotes may mean something else. */
export function quotedAs(code: string, { quote }: AppHostStyle): string {
  return quote === '"' || /['`\\]/.test(code) ? code : code.replaceAll('"', quote);
}

function endsWithSemicolon({ type }: Statement): boolean {
  return type === "ImportDeclaration" || type === "VariableDeclaration" || type === "ExpressionStatement";
}
