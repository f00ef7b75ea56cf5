import type { DockerComment, DockerInstruction, Heredoc, InstructionFlag } from "./instruction.ts";
import { joinLines } from "./logical-line.ts";
import { mapPiece, sliceMapped, sourceOffset } from "./mapped-text.ts";
import type { MappedText } from "./mapped-text.ts";
import { lineText, placeOf } from "./source-lines.ts";
import type { SourceLines } from "./source-lines.ts";
import { readJsonWords, splitWords } from "./words.ts";

/** What is known of an instruction before it is read. */
export interface InstructionRange {
  start: number;
  end: number;
  escape: string;
  comments: readonly DockerComment[];
}

/** Reads the instruction between two offsets. */
export function readInstruction(source: SourceLines, range: InstructionRange): DockerInstruction {
  const { start, end, escape } = range;
  const line = placeOf(source, start).line - 1;
  const joined = joinLines(source, start, { line, escape });
  const instruction = parseLine(joined.text, { ...range, onbuild: false });
  const heredocs = readHeredocs(source, instruction.trigger ?? instruction, { line: joined.nextLine, end });
  const read = { ...instruction, emptyLines: joined.emptyLines };
  if (read.trigger === undefined) return { ...read, heredocs };
  return { ...read, trigger: { ...read.trigger, heredocs } };
}

interface ParseOptions extends InstructionRange {
  onbuild: boolean;
}

function parseLine(text: MappedText, options: ParseOptions): DockerInstruction {
  const { escape, onbuild, end, comments } = options;
  // No other white space ends a word: one that was pasted with U+00A0 behind it is unknown to builders.
  const match = /^\s*(?<written>[^ \t\v\f\r\n]+)[ \t\v\f\r\n]*/.exec(text.text);
  const written = match?.groups?.["written"] ?? "";
  const keyword = written.toUpperCase();
  const rest = sliceMapped(text, match?.[0].length ?? 0);
  const { flags, body } = splitFlags(rest, { keyword, escape });
  const json = execForms.has(keyword) ? readJsonWords(body) : undefined;
  const start = sourceOffset(text, text.text.length - text.text.trimStart().length);
  const instruction: DockerInstruction = {
    keyword,
    written,
    start,
    end,
    flags,
    body,
    words: splitWords(body, { escape, quotes: !unquoted.has(keyword) }),
    ...(json === undefined ? {} : { json }),
    heredocs: [],
    onbuild,
    comments,
    emptyLines: [],
  };
  if (keyword !== "ONBUILD" || body.text.trim() === "" || onbuild) return instruction;
  return { ...instruction, trigger: parseLine(body, { ...options, onbuild: true, comments: [] }) };
}

const execForms: ReadonlySet<string> = new Set([
  "ADD",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "RUN",
  "SHELL",
  "VOLUME",
]);
// What BuildKit splits at white space only, whatever quotes there are.
const unquoted: ReadonlySet<string> = new Set(["ADD", "COPY", "EXPOSE", "FROM", "VOLUME"]);
const flagged: ReadonlySet<string> = new Set(["ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"]);

function splitFlags(
  rest: MappedText,
  { keyword, escape }: { keyword: string; escape: string },
): { flags: InstructionFlag[]; body: MappedText } {
  const flags: InstructionFlag[] = [];
  if (!flagged.has(keyword)) return { flags, body: rest };
  let position = 0;
  for (const word of splitWords(rest, { escape })) {
    if (!word.raw.startsWith("--") || word.raw === "--") break;
    const [name = "", ...value] = word.value.slice(2).split("=");
    flags.push({ name, value: value.join("="), start: word.start, end: word.end });
    position = rest.text.indexOf(word.raw, position) + word.raw.length;
  }
  const body = sliceMapped(rest, position);
  const leading = body.text.length - body.text.trimStart().length;
  return { flags, body: sliceMapped(body, leading) };
}

const heredocWord = /^\d*<<(?<chomp>-?)\s*(?<quote>["']?)(?<name>[A-Za-z_][^\s<>"']*)\k<quote>$/;

/**
 * Reads the here-documents that follow an instruction's line. Raw input:
 *
 * ```text
 * RUN <<EOF
 * apt-get update
 * EOF
 * ```
 */
function readHeredocs(
  source: SourceLines,
  { keyword, words }: DockerInstruction,
  options: { line: number; end: number },
): Heredoc[] {
  if (!["RUN", "COPY", "ADD"].includes(keyword)) return [];
  const heredocs: Heredoc[] = [];
  let { line } = options;
  for (const { raw } of words) {
    const groups = heredocWord.exec(raw)?.groups;
    if (groups === undefined) continue;
    const first = source.starts[line] ?? source.text.length;
    let terminated = false;
    while (!terminated && line < source.starts.length && (source.starts[line] ?? 0) < options.end) {
      const content = lineText(source, line);
      terminated = (groups["chomp"] === "-" ? content.replace(/^\t+/, "") : content) === groups["name"];
      line += 1;
    }
    const last = source.starts[terminated ? line - 1 : line] ?? source.text.length;
    heredocs.push({ name: groups["name"] ?? "", content: mapPiece(source.text, first, last), terminated });
  }
  return heredocs;
}
