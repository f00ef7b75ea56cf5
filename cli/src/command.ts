/** An option of a command. */
export interface OptionDescription {
  type: "boolean" | "string";
  /** One line for the help. */
  summary: string;
  /** What stands for the value in the help, such as `<file>`. */
  value?: string;
  /** One letter. */
  short?: string;
  /** May be given more than once. */
  multiple?: boolean;
}

/** What the command line says, checked against the command's description. */
export interface CommandInput {
  names: readonly string[];
  flag(option: string): boolean;
  text(option: string): string | undefined;
  list(option: string): readonly string[];
}

/** A command, loaded when it is the one that was asked for. */
export interface Command {
  /** What follows `dext <name>` in the help, such as `[resource…] [options]`. */
  usage: string;
  /** Whether it takes names after its own. */
  takesNames: boolean;
  options: Readonly<Record<string, OptionDescription>>;
  /** What else there is to know, as lines for the help. */
  notes?: readonly string[];
  /** What it does, where it is more than its entry says. */
  summary?: string;
  /** The command as what stands behind its name makes it; for options that depend on that. */
  refine?(args: readonly string[]): Promise<Command>;
  /** Does the work and gives the exit code. */
  run(input: CommandInput): Promise<number>;
}

/** What is known of a command before it is loaded. */
export interface CommandEntry {
  name: string;
  summary: string;
  load(): Promise<Command>;
}
