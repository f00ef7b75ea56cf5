/** A word of a command. */
export interface ShellWord {
  /** Without quotes; expansions are left as written. */
  text: string;
  /** Whether something in it is known only when it is run: a variable, a command, a pattern. */
  dynamic: boolean;
}

/** A simple command of a script. */
export interface ShellCommand {
  /** Without folders: `apt-get` for `/usr/bin/apt-get`. */
  name: string;
  words: readonly ShellWord[];
  /** Offsets in the Dockerfile; the end is exclusive. */
  start: number;
  end: number;
  /** Whether it is the first thing that the script does, in no subshell, group or condition. */
  first: boolean;
  /** Whether what it changes stays inside: a subshell, a substitution, a part of a pipeline. */
  contained: boolean;
}

/** A command's words, told apart as flags and operands. */
export interface CommandArguments {
  /** Every flag with its value, in order; short ones one by one, without dashes. */
  flags: readonly { name: string; value: string | undefined }[];
  operands: readonly ShellWord[];
}

/** Tells flags from operands; `valued` names the flags (without dashes) that take the word after them. */
export function readArguments(command: ShellCommand, valued: readonly string[] = []): CommandArguments {
  const flags: { name: string; value: string | undefined }[] = [];
  const operands: ShellWord[] = [];
  const words = [...command.words];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const { text } = word;
    if (text === "--") {
      operands.push(...words.splice(0));
    } else if (text.startsWith("--")) {
      const [name = "", ...rest] = text.slice(2).split("=");
      const inline = rest.length > 0 ? rest.join("=") : undefined;
      flags.push({ name, value: inline ?? (valued.includes(name) ? words.shift()?.text : undefined) });
    } else if (/^-[^-]/.test(text)) {
      flags.push(...readShortFlags(text.slice(1), { valued, next: () => words.shift()?.text }));
    } else operands.push(word);
  }
  return { flags, operands };
}

/** Whether a command has one of these flags. */
export function hasFlag({ flags }: CommandArguments, ...names: readonly string[]): boolean {
  return flags.some(({ name }) => names.includes(name));
}

function readShortFlags(
  cluster: string,
  { valued, next }: { valued: readonly string[]; next: () => string | undefined },
): { name: string; value: string | undefined }[] {
  const flags: { name: string; value: string | undefined }[] = [];
  for (let position = 0; position < cluster.length; position += 1) {
    const name = cluster[position] ?? "";
    const isAssigned = cluster[position + 1] === "=";
    if (!valued.includes(name) && !isAssigned) {
      flags.push({ name, value: undefined });
      continue;
    }
    const inline = cluster.slice(position + 1).replace(/^=/, "");
    flags.push({ name, value: inline === "" && !isAssigned ? next() : inline });
    break;
  }
  return flags;
}
