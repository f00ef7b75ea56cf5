import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { noReply, ok, Status } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Persistence } from "../server/engine.ts";
import type { Session } from "../server/session.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";

/** Keeping the data, and ending the server. */
export const savingCommands: readonly CommandRow[] = [
  { name: "bgsave", arity: -1, flags: "admin noscript no_async_loading", run: saveInBackground },
  { name: "lastsave", arity: 1, flags: "loading stale fast", run: lastSave },
  { name: "save", arity: 1, flags: "admin noscript no_async_loading no_multi", run: save },
  { name: "shutdown", arity: -1, flags: "admin noscript loading stale no_multi allow_busy", run: shutDown },
];

function requirePersistence({ engine }: Session): Persistence {
  if (engine.persistence === undefined) {
    throw new ReplyError("ERR The embedded server was started without a data folder, so nothing is saved");
  }
  return engine.persistence;
}

function save(_args: CommandArguments, session: Session): Reply {
  try {
    requirePersistence(session).saveNow();
  } catch (error) {
    if (error instanceof ReplyError) throw error;
    throw new ReplyError(`ERR ${error instanceof Error ? error.message : String(error)}`);
  }
  return ok;
}

function saveInBackground(args: CommandArguments, session: Session): Reply {
  if (args.remaining > 0 && !args.take("SCHEDULE")) throw syntaxError();
  args.end();
  requirePersistence(session).saveSoon();
  return new Status("Background saving started");
}

function lastSave(_args: CommandArguments, { engine }: Session): Reply {
  return Math.floor((engine.persistence?.savedAt ?? engine.startedAt) / 1000);
}

/** Has no answer: the connection closes. */
function shutDown(args: CommandArguments, session: Session): Reply {
  let mustSave = session.engine.persistence !== undefined;
  while (args.remaining > 0) {
    if (args.take("NOSAVE")) mustSave = false;
    else if (args.take("SAVE")) requirePersistence(session);
    else if (args.take("ABORT")) throw new ReplyError("ERR No shutdown in progress.");
    else if (!args.take("NOW") && !args.take("FORCE")) throw syntaxError();
  }
  try {
    if (mustSave) requirePersistence(session).saveNow();
  } catch (error) {
    session.engine.logger.error("The data could not be saved, so the server goes on", { error });
    throw new ReplyError("ERR Errors trying to SHUTDOWN. Check logs.");
  }
  session.engine.onShutdown();
  return noReply;
}
