import { ReplyError } from "../protocol/reply-error.ts";
import type { Command } from "./command.ts";

const longestQuote = 128;

/** The commands of a server by name. */
export class CommandTable {
  readonly #commands: ReadonlyMap<string, Command>;

  constructor(commands: readonly Command[]) {
    this.#commands = new Map(commands.map((command) => [command.name, command]));
  }

  get size(): number {
    return this.#commands.size;
  }

  [Symbol.iterator](): MapIterator<Command> {
    return this.#commands.values();
  }

  /** A command, or a subcommand such as `config|get`. */
  get(name: string): Command | undefined {
    const [container = "", subcommand] = name.toLowerCase().split("|");
    const command = this.#commands.get(container);
    return subcommand === undefined ? command : command?.subcommands?.get(subcommand);
  }

  /** The command that a request names, or the error that Redis answers when there is none. */
  find(request: readonly string[]): Command | ReplyError {
    const name = request[0] as string;
    const command = this.#commands.get(name) ?? this.#commands.get(name.toLowerCase());
    if (command === undefined) return unknownCommand(request);
    const subcommand = request[1];
    if (command.subcommands === undefined || subcommand === undefined) return command;
    return command.subcommands.get(subcommand.toLowerCase()) ?? unknownSubcommand(command, subcommand);
  }
}

/** Whether a request has as many words as the command takes. */
export function isArityRight(command: Command, words: number): boolean {
  return command.arity >= 0 ? words === command.arity : words >= -command.arity;
}

function unknownCommand([name = "", ...words]: readonly string[]): ReplyError {
  let list = "";
  for (const word of words) {
    if (list.length >= longestQuote) break;
    list += `'${word.slice(0, longestQuote - list.length)}' `;
  }
  return new ReplyError(
    `ERR unknown command '${name.slice(0, longestQuote)}', with args beginning with: ${list}`,
  );
}

function unknownSubcommand(command: Command, subcommand: string): ReplyError {
  return new ReplyError(
    `ERR unknown subcommand '${subcommand.slice(0, longestQuote)}'. Try ${command.name.toUpperCase()} HELP.`,
  );
}
