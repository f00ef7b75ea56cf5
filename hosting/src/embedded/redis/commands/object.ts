import { encodingOf } from "../keyspace/encoding.ts";
import type { Entry } from "../keyspace/value.ts";
import { ReplyError } from "../protocol/reply-error.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { Session } from "../server/session.ts";
import type { Reply } from "../protocol/reply.ts";
import { helpSubcommand } from "./help.ts";

/** `OBJECT …`: how a value is stored. */
export const objectSubcommands: readonly CommandRow[] = [
  {
    name: "encoding",
    arity: 3,
    flags: "readonly",
    keys: [2, 2, 1],
    run: ofEntry((entry, { engine }) => encodingOf(entry, engine.settings)),
  },
  {
    name: "freq",
    arity: 3,
    flags: "readonly",
    keys: [2, 2, 1],
    run: ofEntry(() => {
      throw new ReplyError(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
      );
    }),
  },
  helpSubcommand("object", ["ENCODING <key>", "FREQ <key>", "IDLETIME <key>", "REFCOUNT <key>"]),
  {
    name: "idletime",
    arity: 3,
    flags: "readonly",
    keys: [2, 2, 1],
    run: ofEntry((entry, { engine }) => Math.floor((engine.time - entry.accessedAt) / 1000)),
  },
  { name: "refcount", arity: 3, flags: "readonly", keys: [2, 2, 1], run: ofEntry(() => 1) },
];

function ofEntry(describe: (entry: Entry, session: Session) => Reply): CommandHandler {
  return (args, session) => {
    const entry = session.database.peek(args.next());
    return entry === undefined ? null : describe(entry, session);
  };
}
