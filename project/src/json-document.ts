/** One value of a JSON text and the line where it (for a member: its name) stands, counted from 1. */
export interface JsonNode {
  readonly line: number;
  readonly value: string | number | boolean | null | readonly JsonNode[] | ReadonlyMap<string, JsonNode>;
}

/** A parsed JSON text. */
export interface JsonDocument {
  readonly root: JsonNode;
  /** Where the text first leaves plain JSON: a comment or a comma before a closing bracket. */
  readonly extension: { readonly what: "comment" | "trailing comma"; readonly line: number } | undefined;
  /** Member names that stand twice in one object; the last one counts, as in `JSON.parse`. */
  readonly duplicates: readonly { readonly name: string; readonly line: number }[];
}

/** Where and why a text is no JSON; `line` and `column` count from 1. */
export class JsonSyntaxError extends Error {
  override readonly name: string = "JsonSyntaxError";
  readonly line: number;
  readonly column: number;

  constructor(reason: string, place: { line: number; column: number }) {
    super(reason);
    this.line = place.line;
    this.column = place.column;
  }
}

/** Manifests are a few levels deep; beyond this depth a text is hostile, and the parser must not run out of stack. */
const deepestNesting = 500;

const quote = 0x22;
const backslash = 0x5c;
const firstPrintable = 0x20;

/**
 * Parses JSON, and JSON with comments and trailing commas, keeping the line of every value: `JSON.parse` gives no
 * positions, and each finding about a project is to name its line.
 *
 * Member names go into a `Map`, so that a member called `__proto__` is a member like any other.
 *
 * @throws JsonSyntaxError with line and column.
 */
export function parseJsonDocument(text: string): JsonDocument {
  const reader = new JsonReader(text);
  return reader.readDocument();
}

class JsonReader {
  readonly #text: string;
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  #depth = 0;
  #extension: JsonDocument["extension"] = undefined;
  readonly #duplicates: { name: string; line: number }[] = [];

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith("\uFEFF")) this.#offset = 1;
  }

  readDocument(): JsonDocument {
    this.#skipBlanks();
    if (this.#offset >= this.#text.length) throw this.#failure("The file is empty");
    const root = this.#readValue();
    this.#skipBlanks();
    if (this.#offset < this.#text.length) throw this.#unexpected("the end of the file");
    return { root, extension: this.#extension, duplicates: this.#duplicates };
  }

  #readValue(): JsonNode {
    const line = this.#line;
    const character = this.#text[this.#offset];
    if (character === "{") return { line, value: this.#nested(() => this.#readObject()) };
    if (character === "[") return { line, value: this.#nested(() => this.#readArray()) };
    if (character === '"') return { line, value: this.#readString() };
    return { line, value: this.#readLiteral() };
  }

  #nested<T>(read: () => T): T {
    if (this.#depth >= deepestNesting) {
      throw this.#failure(`Nested deeper than ${deepestNesting} levels`);
    }
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #readObject(): ReadonlyMap<string, JsonNode> {
    const members = new Map<string, JsonNode>();
    this.#readList("}", () => {
      if (this.#text[this.#offset] !== '"') throw this.#unexpected('a name in double quotes or "}"');
      const line = this.#line;
      const name = this.#readString();
      this.#skipBlanks();
      if (this.#text[this.#offset] !== ":") throw this.#unexpected('":"');
      this.#offset += 1;
      this.#skipBlanks();
      const { value } = this.#readValue();
      if (members.has(name)) this.#duplicates.push({ name, line });
      members.set(name, { line, value });
    });
    return members;
  }

  #readArray(): readonly JsonNode[] {
    const items: JsonNode[] = [];
    this.#readList("]", () => {
      items.push(this.#readValue());
    });
    return items;
  }

  #readList(closing: "}" | "]", readItem: () => void): void {
    this.#offset += 1;
    this.#skipBlanks();
    while (this.#text[this.#offset] !== closing) {
      readItem();
      this.#skipBlanks();
      if (this.#text[this.#offset] === closing) break;
      if (this.#text[this.#offset] !== ",") throw this.#unexpected(`"," or "${closing}"`);
      const line = this.#line;
      this.#offset += 1;
      this.#skipBlanks();
      if (this.#text[this.#offset] === closing) this.#extension ??= { what: "trailing comma", line };
    }
    this.#offset += 1;
  }

  #readString(): string {
    const start = this.#offset;
    let end = start + 1;
    for (;;) {
      const code = this.#text.charCodeAt(end);
      if (code === quote) break;
      if (Number.isNaN(code) || code < firstPrintable) throw this.#failure("A string is not closed");
      end += code === backslash ? 2 : 1;
    }
    try {
      const value = JSON.parse(this.#text.slice(start, end + 1)) as string;
      this.#offset = end + 1;
      return value;
    } catch {
      throw this.#failure("A string holds a bad escape");
    }
  }

  #readLiteral(): number | boolean | null {
    const pattern = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w$.+-])/y;
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text);
    if (match === null) throw this.#unexpected("a value");
    this.#offset = pattern.lastIndex;
    return JSON.parse(match[0]) as number | boolean | null;
  }

  #skipBlanks(): void {
    for (;;) {
      const character = this.#text[this.#offset];
      if (character === "\n") {
        this.#offset += 1;
        this.#startLine();
      } else if (character === " " || character === "\t" || character === "\r") {
        this.#offset += 1;
      } else if (character === "/") {
        this.#skipComment();
      } else {
        return;
      }
    }
  }

  #skipComment(): void {
    const next = this.#text[this.#offset + 1];
    if (next !== "/" && next !== "*") throw this.#unexpected("a value");
    this.#extension ??= { what: "comment", line: this.#line };
    if (next === "/") {
      const end = this.#text.indexOf("\n", this.#offset);
      this.#offset = end === -1 ? this.#text.length : end;
      return;
    }
    const end = this.#text.indexOf("*/", this.#offset + 2);
    if (end === -1) throw this.#failure("A comment is not closed");
    for (; this.#offset < end + 2; this.#offset += 1) {
      if (this.#text[this.#offset] === "\n") this.#startLine(this.#offset + 1);
    }
  }

  #startLine(start: number = this.#offset): void {
    this.#line += 1;
    this.#lineStart = start;
  }

  #unexpected(wanted: string): JsonSyntaxError {
    const character = this.#text.codePointAt(this.#offset);
    const found =
      character === undefined ? "the end of the file" : JSON.stringify(String.fromCodePoint(character));
    return this.#failure(`Found ${found}, wanted ${wanted}`);
  }

  #failure(reason: string): JsonSyntaxError {
    return new JsonSyntaxError(reason, { line: this.#line, column: this.#offset - this.#lineStart + 1 });
  }
}
