import { ReplyError } from "../protocol/reply-error.ts";
import { nullArray, ok } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runCommand } from "../server/run-command.ts";
import type { QueuedCommand, Session } from "../server/session.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";

const always = "noscript loading stale fast allow_busy";

/** Transactions. */
export const transactionCommands: readonly Command[] = createCommands("transactions", [
  { name: "discard", arity: 1, flags: always, run: discard },
  { name: "exec", arity: 1, flags: "noscript loading stale skip_slowlog", run: execute },
  { name: "multi", arity: 1, flags: always, run: begin },
  { name: "unwatch", arity: 1, flags: always, run: unwatch },
  { name: "watch", arity: -2, flags: always, keys: [1, -1, 1], run: watch },
]);

function begin(_args: CommandArguments, session: Session): Reply {
  if (session.transaction !== undefined) throw new ReplyError("ERR MULTI calls can not be nested");
  session.transaction = [];
  session.isTransactionBroken = false;
  return ok;
}

function discard(_args: CommandArguments, session: Session): Reply {
  if (session.transaction === undefined) throw new ReplyError("ERR DISCARD without MULTI");
  end(session);
  return ok;
}

function execute(_args: CommandArguments, session: Session): Reply {
  const { transaction, isTransactionBroken } = session;
  if (transaction === undefined) throw new ReplyError("ERR EXEC without MULTI");
  noticeEndedKeys(session);
  const { isWatchBroken } = session;
  end(session);
  if (isTransactionBroken) {
    throw new ReplyError("EXECABORT Transaction discarded because of previous errors.");
  }
  return isWatchBroken ? nullArray : runAll(session, transaction);
}

function runAll(session: Session, transaction: readonly QueuedCommand[]): Reply[] {
  session.mayBlock = false;
  try {
    return transaction.map(({ command, args }) => runCommand(session, command, args));
  } finally {
    session.mayBlock = true;
  }
}

function end(session: Session): void {
  session.transaction = undefined;
  session.isTransactionBroken = false;
  session.engine.watchedKeys.unwatch(session);
}

/** A watched key that has ended has changed, even if nobody has looked at it since. */
function noticeEndedKeys(session: Session): void {
  const { engine } = session;
  for (const database of engine.databases) {
    for (const key of engine.watchedKeys.keys(database.index, session)) database.peek(key);
  }
}

function watch(args: CommandArguments, session: Session): Reply {
  if (session.transaction !== undefined) throw new ReplyError("ERR WATCH inside MULTI is not allowed");
  for (const key of args.rest()) {
    // A key that has ended already goes now, not as a change later.
    session.database.peek(key);
    session.engine.watchedKeys.watch(session, key);
  }
  return ok;
}

function unwatch(_args: CommandArguments, session: Session): Reply {
  session.engine.watchedKeys.unwatch(session);
  return ok;
}
