import { DockerfileParser } from "dockerfile-ast";
import type { DockerComment, DockerInstruction } from "./instruction.ts";
import { readInstruction } from "./read-instruction.ts";
import { platformArguments, scopeAfter, lookupIn } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { splitSource } from "./source-lines.ts";
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
  const parsed = DockerfileParser.parse(maskEscapedEnds(text));
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
 * The parser takes a line that ends in an escaped escape character (`WORKDIR C:\\`) for one that goes on, which no
 * builder does. Only the places that it finds are used, so other characters in their stead do no harm.
 */
function maskEscapedEnds(text: string): string {
  return text.replaceAll(/(?:\\{2,}|`{2,})(?=[ \t]*$)/gm, (run) => "_".repeat(run.length));
}

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
  const text = source.text
    .slice(start, end)
    .replace(/^\uFEFF/, "")
    .trim()
    .replace(/^#/, "")
    .trim();
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
