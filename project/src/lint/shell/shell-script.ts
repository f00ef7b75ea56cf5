import { forEachChild, parse } from "unbash";
import type { Command, Pipeline, SyntaxNode, Word } from "unbash";
import { joinMapped, sourceOffset } from "../document/mapped-text.ts";
import type { MappedText } from "../document/mapped-text.ts";
import type { DockerInstruction } from "../document/instruction.ts";
import type { ShellCommand, ShellWord } from "./shell-command.ts";

/** What a `RUN` does. */
export interface ShellScript {
  commands: readonly ShellCommand[];
  pipes: readonly ShellPipe[];
  /** As written, for what is looked up in the text. */
  text: string;
}

/** A pipeline. */
export interface ShellPipe {
  start: number;
  end: number;
  /** Whether something before the last part can fail without anyone noticing. */
  risky: boolean;
}

/** Reads what a `RUN` does with a POSIX shell. What cannot be read is left out, never guessed. */
export function readRun(run: DockerInstruction): ShellScript {
  if (run.json !== undefined) return readExecForm(run);
  const script = scriptOf(run);
  return script === undefined ? { commands: [], pipes: [], text: "" } : readScript(script);
}

/** Reads a script and those that it hands to a shell with `-c`. */
export function readScript(script: MappedText): ShellScript {
  const commands: ShellCommand[] = [];
  const pipes: ShellPipe[] = [];
  const visit = (node: SyntaxNode, at: Surroundings): void => {
    if (node.type === "Command") commands.push(...commandsOf(node, { script, ...at }));
    if (node.type === "Pipeline" && node.operators.length > 0) {
      const start = sourceOffset(script, node.pos);
      pipes.push({
        start,
        end: sourceOffset(script, node.end),
        risky: !at.condition && !isNegated(node) && hasRisk(node),
      });
    }
    let isFirst = true;
    forEachChild(node, (child) => {
      visit(child, surroundings(node, { ...at, leading: at.leading && isFirst, child }));
      isFirst = false;
    });
  };
  visit(parse(script.text), { contained: false, leading: true, condition: false });
  return { commands, pipes, text: script.text };
}

/** Where in a script something stands. */
interface Surroundings {
  contained: boolean;
  /** Whether nothing comes before it. */
  leading: boolean;
  /** Whether it is asked whether it fails, as by `if`. */
  condition: boolean;
}

const containers: ReadonlySet<string> = new Set(["Subshell", "CommandExpansion", "ProcessSubstitution"]);
const plain: ReadonlySet<string> = new Set(["Script", "Statement", "AndOr"]);

function surroundings(
  node: SyntaxNode,
  { child, ...at }: Surroundings & { child: SyntaxNode },
): Surroundings {
  const asks =
    (node.type === "If" || node.type === "Elif" || node.type === "While" ? child === node.clause : false) ||
    (node.type === "Pipeline" && isNegated(node));
  return {
    contained:
      at.contained || containers.has(node.type) || (node.type === "Pipeline" && node.operators.length > 0),
    leading: at.leading && plain.has(node.type),
    condition: at.condition || asks,
  };
}

function isNegated({ prefixes }: Pipeline): boolean {
  return prefixes.some(({ type }) => type === "Negation");
}

const harmless: ReadonlySet<string> = new Set(["echo", "printf", "yes", "true", ":"]);

/**
 * What only prints does not fail, `yes` is meant to be cut off, and a checksum that is checked fails by itself when it is
 * given nothing.
 */
function hasRisk({ commands }: Pipeline): boolean {
  const last = commands.at(-1);
  if (last?.type === "Command" && last.name?.value.endsWith("sum") === true && last.args.some(asksToCheck))
    return false;
  return commands
    .slice(0, -1)
    .some((command) => command.type !== "Command" || !harmless.has(command.name?.value ?? ""));
}

function asksToCheck({ text }: { text: string }): boolean {
  return /^(?:-\w*c\w*|--check)$/.test(text);
}

const shells: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash", "zsh", "ksh"]);

/** The text that a shell is given: the line, or the here-document that stands in its place. */
function scriptOf({ body, heredocs, words }: DockerInstruction): MappedText | undefined {
  const [heredoc] = heredocs;
  if (heredoc === undefined) return body;
  const rest = words.filter(({ raw }) => !/^\d*<</.test(raw)).map(({ value }) => value);
  const interpreter = rest[0]?.split("/").at(-1);
  if (interpreter === undefined || shells.has(interpreter)) {
    const [shebang = ""] = heredoc.content.text.split("\n");
    const isShell = !shebang.startsWith("#!") || /\b(?:ba|da|a|z|k)?sh\b/.test(shebang);
    return isShell ? heredoc.content : undefined;
  }
  // `RUN cat <<EOF > file`: the shell reads the here-documents itself.
  const newline: MappedText = { text: "\n", offsets: [heredoc.content.offsets[0] ?? 0, 0] };
  const bodies = heredocs.flatMap(({ content, name }) => [content, delimiter(name, content), newline]);
  return joinMapped([body, newline, ...bodies]);
}

function delimiter(name: string, content: MappedText): MappedText {
  const end = content.offsets.at(-1) ?? 0;
  return { text: name, offsets: Array.from({ length: name.length + 1 }, () => end) };
}

function readExecForm({ json = [], start, end }: DockerInstruction): ShellScript {
  const [program, ...words] = json;
  if (program === undefined) return { commands: [], pipes: [], text: "" };
  const command: ShellCommand = {
    name: baseName(program.value),
    words: words.map(({ value }) => ({ text: value, dynamic: false })),
    start,
    end,
    first: true,
    contained: true,
  };
  const text = json.map(({ value }) => value).join(" ");
  const inner = shellArgument(command);
  if (inner === undefined) return { commands: [command], pipes: [], text };
  const nested = readScript(atOnePlace(inner, start));
  return {
    commands: [command, ...nested.commands],
    pipes: nested.pipes.map((pipe) => ({ ...pipe, start, end })),
    text,
  };
}

interface CommandContext {
  script: MappedText;
  contained: boolean;
  leading: boolean;
}

/** A command, with those that it is only a wrapper of: `sudo apt-get …`, `sh -c "…"`. */
function commandsOf(node: Command, { script, contained, leading }: CommandContext): ShellCommand[] {
  if (node.name === undefined) return [];
  const start = sourceOffset(script, node.pos);
  const command: ShellCommand = {
    name: baseName(node.name.value),
    words: node.args.map((argument) =>
      argument.type === "Word"
        ? shellWord(argument)
        : { text: argument.text, dynamic: argument.text.includes("$") },
    ),
    start,
    end: sourceOffset(script, node.end),
    first: leading,
    contained,
  };
  const inner = shellArgument(command);
  if (inner !== undefined) {
    const nested = readScript(atOnePlace(inner, start)).commands;
    return [command, ...nested.map((one) => ({ ...one, first: false, contained: true, end: command.end }))];
  }
  const wrapped = unwrap(command);
  return wrapped === undefined ? [command] : [command, wrapped];
}

const wrappers: Readonly<Record<string, readonly string[]>> = {
  sudo: ["-u", "--user", "-g", "--group", "-h", "-p"],
  env: ["-u", "--unset", "-C", "--chdir"],
  exec: ["-a"],
  command: [],
  time: [],
  nice: ["-n"],
  eatmydata: [],
};

/** The command that a wrapper such as `sudo` or `env` runs. */
function unwrap(command: ShellCommand): ShellCommand | undefined {
  const valued = Object.hasOwn(wrappers, command.name) ? wrappers[command.name] : undefined;
  if (valued === undefined || asksForProgram(command)) return undefined;
  let index = 0;
  for (; index < command.words.length; index += 1) {
    const { text = "" } = command.words[index] ?? {};
    if (valued.includes(text)) index += 1;
    else if (!text.startsWith("-") && !/^[A-Za-z_]\w*=/.test(text)) break;
  }
  const program = command.words[index];
  if (program === undefined || program.dynamic) return undefined;
  return { ...command, name: baseName(program.text), words: command.words.slice(index + 1), first: false };
}

/** Whether it only asks whether a program is there: `command -v curl`. */
function asksForProgram({ name, words }: ShellCommand): boolean {
  return name === "command" && /^-[pvV]*[vV]/.test(words[0]?.text ?? "");
}

/** The script of `sh -c "<script>"`, when it can be read as it stands. */
function shellArgument({ name, words }: ShellCommand): string | undefined {
  if (!shells.has(name)) return undefined;
  const index = words.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  const script = index === -1 ? undefined : words.slice(index + 1).find(({ text }) => !/^[-+]/.test(text));
  return script?.text;
}

function shellWord(word: Word): ShellWord {
  return { text: word.value, dynamic: isDynamic(word) };
}

function isDynamic(node: SyntaxNode): boolean {
  let dynamic = false;
  forEachChild(node, (child) => {
    const fixed = ["Literal", "SingleQuoted", "DoubleQuoted", "AnsiCQuoted"].includes(child.type);
    dynamic ||= !fixed || isDynamic(child);
  });
  return dynamic;
}

function atOnePlace(text: string, offset: number): MappedText {
  return { text, offsets: Array.from({ length: text.length + 1 }, () => offset) };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
