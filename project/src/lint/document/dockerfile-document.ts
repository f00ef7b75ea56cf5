import { DockerfileParser } from "dockerfile-ast";
import type { DockerComment, DockerInstruction } from "./instruction.ts";
import { readInstruction } from "./read-instruction.ts";
import { platformArguments, scopeAfter, lookupIn } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { lineText, splitSource } from "./source-lines.ts";
import type { SourceLines } from "./source-lines.ts";
import { openStage } from "./stages.ts";
import type { Stage } from "./stages.ts";

/** A directive at the head of the file, such as `# escape=` or `# check=`. */
export interface DockerDirective {
  name: string;
  value: string;
  start: number;
}

/** A Dockerfile, read. */
export interface DockerfileDocument {
  source: SourceLines;
  /** `\`, or what `# escape=` says. */
  escape: string;
  directives: readonly DockerDirective[];
  comments: readonly DockerComment[];
  instructions: readonly DockerInstruction[];
  stages: readonly Stage[];
  /** The arguments before the first `FROM`. */
  globals: Scope;
  /** The variables that an instruction can use. */
  scopeOf(instruction: DockerInstruction): Scope;
}

/** Reads a Dockerfile. Whatever it holds, something comes back. */
export function readDockerfile(text: string): DockerfileDocument {
  const source = splitSource(text);
  const parsed = DockerfileParser.parse(maskForParser(source));
  const escape = parsed.getEscapeCharacter();
  const directives = parsed.getDirectives().map((directive) => ({
    name: directive.getName().trim(),
    value: directive.getValue().trim(),
    start: offsetOf(source, directive.getRange().start),
  }));
  const comments = [...parsed.getDirectives(), ...parsed.getComments()]
    .map((comment) => commentAt(source, comment.getRange().start.line))
    .toSorted((a, b) => a.line - b.line);
  const above = commentsAbove(comments);
  const instructions = parsed.getInstructions().map((instruction) => {
    const range = instruction.getRange();
    return readInstruction(source, {
      start: offsetOf(source, range.start),
      end: offsetOf(source, range.end),
      escape,
      comments: above(range.start.line),
    });
  });
  return { source, escape, directives, comments, ...placeInStages(instructions, escape) };
}

/**
 * The text with other characters in the stead of what the parser reads otherwise than builders do. They are as many, and
 * only the places that the parser finds are used, so they do no harm. Raw input:
 *
 * ```text
 * WORKDIR C:\\app\\
 * RUN cp a\ \
 *     b
 * RUN cat << EOF 3<<EOF
 * ```
 *
 * The first line does not go on, for its last escape character is escaped; the second does, which the parser misses, and
 * the last has two here-documents.
 */
function maskForParser(source: SourceLines): string {
  const lines = source.starts.map((start, line) => {
    const whole = source.text.slice(start, source.starts[line + 1]);
    const content = lineText(source, line);
    return maskHeredocs(maskLineEnd(content)) + whole.slice(content.length);
  });
  return lines.join("");
}

/** Leaves of the escape characters at the end of a line only the one by which it goes on. */
function maskLineEnd(line: string): string {
  let start = line.length;
  while (start > 0 && "\\` \t".includes(line[start - 1] ?? "")) start -= 1;
  const tail = line.slice(start);
  const last = tail.trimEnd().length - 1;
  const goesOn = tail[last] !== tail[last - 1];
  return (
    line.slice(0, start) +
    tail.replaceAll(/[\\`]/g, (escape, index) => (goesOn && index === last ? escape : "_"))
  );
}

/** Puts the sign of a here-document right before its name. Without a name it goes: the parser would look for the end of none. */
function maskHeredocs(line: string): string {
  if (!line.includes("<<")) return line;
  return line
    .replaceAll(distantSign, (sign) => (sign.endsWith("-") ? "<<-" : "<<").padStart(sign.length))
    .replaceAll(namelessSign, (sign) => "_".repeat(sign.length));
}

// White space has been allowed since BuildKit 0.22, though not after <<-.
const distantSign = /(?<=[ \t])(?:\d+<<(?:-|[ \t]*)|<<[ \t]+)(?=["']?[A-Za-z_])/g;
const namelessSign = /(?<=[ \t])<<(?:-|-?""|-?'')(?=[ \t]|$)/g;

function placeInStages(
  instructions: readonly DockerInstruction[],
  escape: string,
): Pick<DockerfileDocument, "instructions" | "stages" | "globals" | "scopeOf"> {
  const stages: Stage[] = [];
  const placed: DockerInstruction[] = [];
  const scopes = new Map<DockerInstruction, Scope>();
  const ends = new Map<Stage, Scope>();
  let globals: Scope = new Map(platformArguments.map((name) => [name, null]));
  let scope: Scope = globals;
  for (const read of instructions) {
    let stage = stages.at(-1);
    if (read.keyword === "FROM") {
      stage = openStage(read, { stages, lookup: lookupIn(globals), escape });
      stages.push(stage);
      scope = (stage.parent && ends.get(stage.parent)) ?? new Map();
    }
    const instruction = stage === undefined ? read : withStage(read, stage);
    placed.push(instruction);
    scopes.set(instruction, read.keyword === "FROM" ? globals : scope);
    if (instruction.trigger !== undefined) scopes.set(instruction.trigger, scope);
    if (stage === undefined) {
      globals = scopeAfter(globals, instruction, { escape, globals });
      scope = globals;
    } else if (read.keyword === "FROM") {
      stage.from = instruction;
    } else {
      stage.instructions.push(instruction);
      scope = scopeAfter(scope, instruction, { escape, globals });
    }
    if (stage !== undefined) ends.set(stage, scope);
  }
  return {
    instructions: placed,
    stages,
    globals,
    scopeOf: (instruction) => scopes.get(instruction) ?? globals,
  };
}

function withStage(instruction: DockerInstruction, stage: Stage): DockerInstruction {
  const { trigger } = instruction;
  return { ...instruction, stage, ...(trigger === undefined ? {} : { trigger: { ...trigger, stage } }) };
}

function commentAt(source: SourceLines, line: number): DockerComment {
  const start = source.starts[line] ?? 0;
  const end = source.starts[line + 1] ?? source.text.length;
  const text = source.text.slice(start, end).trim().replace(/^#/, "").trim();
  return { line, text, start };
}

/** Finds the comment lines right above a line. */
function commentsAbove(comments: readonly DockerComment[]): (line: number) => DockerComment[] {
  const byLine = new Map(comments.map((comment) => [comment.line, comment]));
  return (line) => {
    const above: DockerComment[] = [];
    for (let current = line - 1; ; current -= 1) {
      const comment = byLine.get(current);
      if (comment === undefined) return above;
      above.unshift(comment);
    }
  };
}

function offsetOf(source: SourceLines, position: { line: number; character: number }): number {
  return (source.starts[position.line] ?? source.text.length) + position.character;
}
