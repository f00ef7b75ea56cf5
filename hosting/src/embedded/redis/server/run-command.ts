import type { CommandArguments } from "../commands/command-arguments.ts";
import type { Command } from "../commands/command.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import { noReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "./session.ts";

/** Runs a command and gives what it answers, errors included. */
export function runCommand(session: Session, command: Command, args: CommandArguments): Reply {
  try {
    return command.run === undefined ? noReply : command.run(args, session);
  } catch (error) {
    return toReplyError(error, session);
  }
}

/** What a client is told about anything that was thrown. */
export function toReplyError(error: unknown, { engine, lastCommand }: Session): ReplyError {
  engine.statistics.errors++;
  if (error instanceof ReplyError) return error;
  if (error instanceof RangeError && /string length/i.test(error.message)) {
    return new ReplyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
  // Our own bug: this client is told, the others go on.
  engine.logger.error("A command failed unexpectedly", { command: lastCommand, error });
  return new ReplyError(`ERR internal error of the embedded server: ${String(error)}`);
}
