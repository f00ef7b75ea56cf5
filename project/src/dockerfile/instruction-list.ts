import type { ExplainedLine } from "./dockerfile-plan.ts";
import { dockerfileError } from "./error-codes.ts";

/** Why a line is there. */
export interface Reason {
  readonly because: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** Part of a `RUN`: a mount, or one of the commands. */
export interface RunPart extends Reason {
  readonly text: string;
}

/** Collects the lines of a Dockerfile with their reasons. */
export class InstructionList {
  readonly #links: boolean;
  readonly #lines: ((Reason & { text: string }) | { text: string })[] = [];

  /** @param links whether copies into the last stage become layers of their own, which newer engines can. */
  constructor({ links }: { links: boolean }) {
    this.#links = links;
  }

  /** An empty line, and a stage. */
  stage(image: string, { as, ...reason }: Reason & { as: string }): this {
    if (this.#lines.length > 0) this.#lines.push({ text: "" });
    return this.add(`FROM ${image} AS ${as}`, reason);
  }

  /** One instruction on one line. */
  add(text: string, reason: Reason): this {
    const linked = this.#links && text.startsWith("COPY ") ? `COPY --link ${text.slice(5)}` : text;
    this.#lines.push({ text: linked, ...reason });
    return this;
  }

  /** A `RUN` with its mounts, a line for each. */
  run({ mounts = [], commands }: { mounts?: readonly RunPart[]; commands: readonly RunPart[] }): this {
    const rows = [
      ...mounts.map(({ text, ...reason }) => ({ text: `--mount=${text}`, reason })),
      ...commands.map(({ text, ...reason }, index) => ({ text: index === 0 ? text : `&& ${text}`, reason })),
    ];
    for (const [index, { text, reason }] of rows.entries()) {
      const start = index === 0 ? "RUN " : "    ";
      this.add(`${start}${text}${index === rows.length - 1 ? "" : " \\"}`, reason);
    }
    return this;
  }

  /** The text. */
  text(): string {
    return `${this.#lines.map(({ text }) => text).join("\n")}\n`;
  }

  /** The lines with their numbers. */
  explained(): readonly ExplainedLine[] {
    return this.#lines.map((line, index) => {
      if (!("because" in line)) return { line: index + 1, text: line.text };
      const { text, because, file, line: origin } = line;
      return {
        line: index + 1,
        text,
        because,
        ...(file === undefined ? {} : { file }),
        ...(origin === undefined ? {} : { origin }),
      };
    });
  }
}

/** `COPY` as JSON where a path would be split at blanks. A name may hold what Dockerfiles expand; then it is refused. */
export function copy(sources: readonly string[], target: string, { from }: { from?: string } = {}): string {
  // The builder expands variables in paths, in the exec form too.
  const words = [...sources, target].map((word) => escaped(word));
  const flags = from === undefined ? "" : `--from=${from} `;
  const plain = words.every((word) => /^[\w./@+~-]+$/.test(word));
  return plain ? `COPY ${flags}${words.join(" ")}` : `COPY ${flags}${JSON.stringify(words)}`;
}

/** A command in the exec form. */
export function exec(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(checked(word))).join(", ")}]`;
}

/** A word for the shell of a `RUN`. */
export function shellWord(word: string): string {
  checked(word);
  return /^[\w./@+:=,~^%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A value of a `LABEL` or an `ENV`. */
export function quotedValue(value: string): string {
  return `"${checked(value).replaceAll(/["\\$]/g, "\\$&")}"`;
}

/** A path in which the builder is to expand nothing and to see no quotes. */
export function escaped(path: string): string {
  return checked(path).replaceAll(/["'\\$]/g, "\\$&");
}

function checked(word: string): string {
  // A line break would begin another instruction.
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000-\u001F\u007F]/.test(word)) return word;
  throw dockerfileError(
    "DEXT_DOCKERFILE_VALUE_UNQUOTABLE",
    `${JSON.stringify(word)} cannot be written into a Dockerfile: it holds a control character`,
    { hint: "Rename it.", details: { value: word } },
  );
}
