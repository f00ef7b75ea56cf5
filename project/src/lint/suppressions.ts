import type { DockerfileDocument } from "./document/dockerfile-document.ts";
import type { DockerComment, DockerInstruction } from "./document/instruction.ts";
import type { LintSource } from "./finding.ts";
import { placeOf } from "./document/source-lines.ts";
import { instructionKeywords } from "./document/instruction.ts";
import { ruleIdForms } from "./rule-ids.ts";

/** What comments in a file say about its findings. */
export interface Suppressions {
  /** Whether a rule with one of these ids may tell of this place. */
  allows(rule: { source: LintSource; ids: readonly string[] }, offset: number): boolean;
  /** The rules that comments switch on, in BuildKit's way. */
  enabled: ReadonlySet<string>;
}

/**
 * Reads the comments by which hadolint, BuildKit and Trivy are told to leave something be. Raw input:
 *
 * ```text
 * # check=skip=JSONArgsRecommended;error=true
 * # hadolint global ignore=DL3008,DL3018
 * # hadolint ignore=DL3003 # the makefile wants it so
 * # trivy:ignore:AVD-DS-0002
 * ```
 */
export function readSuppressions(document: DockerfileDocument): Suppressions {
  const ranges: SuppressedRange[] = [];
  const enabled = new Set<string>();
  const heads = document.directives.filter(({ name }) => name.toLowerCase() === "check");
  for (const { value } of heads) {
    const pragma = readCheck(value);
    ranges.push({ ...wholeFile, ids: pragma.skip });
    for (const id of pragma.experimental) enabled.add(id);
  }
  for (const comment of document.comments) {
    const pragma = readPragma(comment.text);
    if (pragma === undefined) continue;
    for (const id of pragma.enabled) enabled.add(id);
    const range = rangeOf(comment, { scope: pragma.scope, document });
    if (range !== undefined) ranges.push({ ...range, ids: pragma.ids });
  }
  return {
    enabled,
    allows({ source, ids }, offset) {
      const forms = new Set(ids.flatMap((id) => ruleIdForms(id)));
      if (source === "buildkit") forms.add(allOfBuildKit);
      return !ranges.some(
        (range) => offset >= range.start && offset < range.end && range.ids.some((id) => forms.has(id)),
      );
    },
  };
}

/** Whether a comment tells a tool something rather than a person. */
export function isPragma(text: string): boolean {
  return /^(?:hadolint\s|check\s*=|syntax\s*=|escape\s*=|trivy:ignore|#?\s*shellcheck\s)/.test(text);
}

/** Whether a comment tells hadolint to leave something be. */
export function isHadolintIgnore(text: string): boolean {
  return hadolintPragma.test(text);
}

interface SuppressedRange {
  start: number;
  end: number;
  ids: readonly string[];
}

interface Pragma {
  scope: "instruction" | "stage" | "file";
  ids: readonly string[];
  enabled: readonly string[];
}

const wholeFile = { start: 0, end: Number.POSITIVE_INFINITY };
const hadolintPragma = /^hadolint\s+(?:(?<scope>global|stage)\s+)?ignore\s*=\s*(?<ids>[^#]*)/;
const trivyPragma = /^trivy:ignore:(?<id>[\w-]+)/;
const checkPragma = /^check\s*=\s*(?<value>\S+)/;

function readPragma(text: string): Pragma | undefined {
  const hadolint = hadolintPragma.exec(text)?.groups;
  if (hadolint !== undefined) {
    const scope = { global: "file", stage: "stage" }[hadolint["scope"] ?? ""] ?? "instruction";
    return { scope: scope as Pragma["scope"], ids: splitIds(hadolint["ids"] ?? ""), enabled: [] };
  }
  const trivy = trivyPragma.exec(text)?.groups;
  if (trivy !== undefined) return { scope: "instruction", ids: [trivy["id"] ?? ""], enabled: [] };
  const check = checkPragma.exec(text)?.groups;
  if (check === undefined) return undefined;
  const { skip, experimental } = readCheck(check["value"] ?? "");
  return { scope: "instruction", ids: skip, enabled: experimental };
}

/** Reads `skip=A,B;error=true;experimental=C`. */
function readCheck(value: string): { skip: string[]; experimental: string[] } {
  const options = new Map(value.split(";").map((part) => splitOption(part)));
  const list = (name: string): string[] =>
    splitIds(options.get(name) ?? "").map((id) => (id === "all" ? allOfBuildKit : id));
  return { skip: list("skip"), experimental: list("experimental") };
}

/** What `all` stands for in `# check=`: BuildKit's checks, none of others, and not what it refuses to build. */
export const allOfBuildKit = "buildkit:all";

/** What a comment is about: the instruction below it, or the stage that one opens or stands in. */
function rangeOf(
  comment: DockerComment,
  { scope, document }: { scope: Pragma["scope"]; document: DockerfileDocument },
): { start: number; end: number } | undefined {
  if (scope === "file") return wholeFile;
  const below = document.instructions.find((one) => one.comments.includes(comment));
  const within = document.instructions.find(({ start, end }) => comment.start > start && comment.start < end);
  const target = below ?? within ?? nextInstruction(document, comment);
  if (target === undefined) return undefined;
  if (scope === "instruction") return { start: target.start, end: Math.max(target.end, target.start + 1) };
  const next = document.stages.find(({ from }) => from.start > target.start);
  return { start: target.start, end: next?.from.start ?? wholeFile.end };
}

/** The instruction on the very next line: a first comment with `=` is read as a directive. */
function nextInstruction(
  document: DockerfileDocument,
  comment: DockerComment,
): DockerInstruction | undefined {
  return document.instructions.find(
    ({ start, keyword }) =>
      instructionKeywords.includes(keyword) && placeOf(document.source, start).line - 1 === comment.line + 1,
  );
}

function splitOption(part: string): [string, string] {
  const equals = part.indexOf("=");
  return equals === -1 ? [part.trim(), ""] : [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
}

function splitIds(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((id) => id.trim())
    .filter((id) => id !== "");
}
