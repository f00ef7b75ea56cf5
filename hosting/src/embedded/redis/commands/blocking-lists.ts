import { nullArray } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { runOrBlock } from "../server/blocked-calls.ts";
import type { Session } from "../server/session.ts";
import { countedKeysAt } from "./command.ts";
import type { CommandHandler, CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { moveItem, popFirst, readEnd, readPopFirst } from "./list-moves.ts";
import type { ListEnd } from "./list-moves.ts";
import { readTimeout } from "./timeouts.ts";

/** The commands of lists that wait for an item. */
export const blockingListCommands: readonly CommandRow[] = [
  { name: "blmove", arity: 6, flags: "write denyoom noscript blocking", keys: [1, 2, 1], run: move },
  {
    name: "blmpop",
    arity: -5,
    flags: "write blocking movablekeys",
    findKeys: countedKeysAt(1),
    run: popSeveral,
  },
  { name: "blpop", arity: -3, flags: "write noscript blocking", keys: [1, -2, 1], run: pop("LEFT") },
  { name: "brpop", arity: -3, flags: "write noscript blocking", keys: [1, -2, 1], run: pop("RIGHT") },
  {
    name: "brpoplpush",
    arity: 4,
    flags: "write denyoom noscript blocking",
    keys: [1, 2, 1],
    run: moveToOther,
  },
];

function pop(end: ListEnd): CommandHandler {
  return (args, session) => {
    const keys = args.several(args.remaining - 1);
    const timeout = readTimeout(args);
    const attempt = (key?: string): Reply | undefined => {
      const popped = popFirst(session.database, { keys: key === undefined ? keys : [key], end, count: 1 });
      return popped && [popped[0], popped[1][0] as string];
    };
    return runOrBlock(session, { keys, type: "list", timeout, attempt, onTimeout: nullArray });
  };
}

function popSeveral(args: CommandArguments, session: Session): Reply {
  const timeout = readTimeout(args);
  const options = readPopFirst(args);
  const attempt = (key?: string): Reply | undefined =>
    popFirst(session.database, key === undefined ? options : { ...options, keys: [key] });
  return runOrBlock(session, { keys: options.keys, type: "list", timeout, attempt, onTimeout: nullArray });
}

function move(args: CommandArguments, session: Session): Reply {
  const [from, to] = [args.next(), args.next()];
  const [fromEnd, toEnd] = [readEnd(args), readEnd(args)];
  return moveOrBlock(session, { from, to, fromEnd, toEnd, timeout: readTimeout(args) });
}

function moveToOther(args: CommandArguments, session: Session): Reply {
  const [from, to] = [args.next(), args.next()];
  return moveOrBlock(session, { from, to, fromEnd: "RIGHT", toEnd: "LEFT", timeout: readTimeout(args) });
}

function moveOrBlock(
  session: Session,
  { timeout, ...places }: { from: string; to: string; fromEnd: ListEnd; toEnd: ListEnd; timeout: number },
): Reply {
  const attempt = (): Reply | undefined => moveItem(session.database, places);
  return runOrBlock(session, {
    keys: [places.from],
    type: "list",
    timeout,
    attempt,
    onTimeout: nullArray,
    withoutWaiting: null,
  });
}
