import { ReplyError, syntaxError } from "../protocol/reply-error.ts";
import { MapReply, noReply, ok, SetReply, VerbatimText } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { describeSession } from "./client-list.ts";
import type { CommandRow } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";

const always = "noscript loading stale";
const administrative = "admin noscript loading stale";

/** `CLIENT …`. */
export const clientSubcommands: readonly CommandRow[] = [
  {
    name: "getname",
    arity: 2,
    flags: always,
    run: (_args, session) => (session.name === "" ? null : session.name),
  },
  { name: "getredir", arity: 2, flags: always, run: () => -1 },
  helpSubcommand("client", [
    "GETNAME",
    "GETREDIR",
    "ID",
    "INFO",
    "KILL <option> …",
    "LIST [options …]",
    "NO-EVICT (ON|OFF)",
    "NO-TOUCH (ON|OFF)",
    "REPLY (ON|OFF|SKIP)",
    "SETINFO <option> <value>",
    "SETNAME <name>",
    "UNBLOCK <client id> [TIMEOUT|ERROR]",
  ]),
  { name: "id", arity: 2, flags: always, run: (_args, session) => session.id },
  {
    name: "info",
    arity: 2,
    flags: always,
    run: (_args, session) => new VerbatimText(`${describeSession(session)}\n`),
  },
  { name: "kill", arity: -3, flags: administrative, run: kill },
  { name: "list", arity: -2, flags: administrative, run: list },
  { name: "no-evict", arity: 3, flags: administrative, run: setUnevictable },
  { name: "no-touch", arity: 3, flags: always, run: setUntouching },
  { name: "reply", arity: 3, flags: always, run: setReplies },
  { name: "setinfo", arity: 4, flags: always, run: setLibrary },
  { name: "setname", arity: 3, flags: always, run: setName },
  {
    name: "trackinginfo",
    arity: 2,
    flags: always,
    run: () => new MapReply(["flags", new SetReply(["off"]), "redirect", -1, "prefixes", []]),
  },
  { name: "unblock", arity: -3, flags: administrative, run: unblock },
];

/** @throws ReplyError for a name that `CLIENT LIST` could not show. */
export function checkName(name: string): string {
  if (/[^!-~]/.test(name)) {
    throw new ReplyError("ERR Client names cannot contain spaces, newlines or special characters.");
  }
  return name;
}

function setName(args: CommandArguments, session: Session): Reply {
  session.name = checkName(args.next());
  return ok;
}

function setLibrary(args: CommandArguments, session: Session): Reply {
  const option = args.next();
  const value = args.next();
  if (/[^!-~]/.test(value)) {
    throw new ReplyError(`ERR ${option} cannot contain spaces, newlines or special characters.`);
  }
  if (option.toLowerCase() === "lib-name") session.libraryName = value;
  else if (option.toLowerCase() === "lib-ver") session.libraryVersion = value;
  else throw new ReplyError(`ERR Unrecognized option '${option}'`);
  return ok;
}

function setUnevictable(args: CommandArguments, session: Session): Reply {
  session.isUnevictable = readSwitch(args);
  return ok;
}

function setUntouching(args: CommandArguments, session: Session): Reply {
  session.isUntouching = readSwitch(args);
  return ok;
}

function readSwitch(args: CommandArguments): boolean {
  const word = args.keyword();
  if (word !== "ON" && word !== "OFF") throw syntaxError();
  return word === "ON";
}

function setReplies(args: CommandArguments, session: Session): Reply {
  const word = args.keyword();
  if (word === "ON") {
    session.replies = "on";
    return ok;
  }
  if (word === "OFF") session.replies = "off";
  else if (word === "SKIP") session.replies = session.replies === "off" ? "off" : "skip-next";
  else throw syntaxError();
  return noReply;
}

function unblock(args: CommandArguments, { engine }: Session): Reply {
  const id = args.integer();
  const mode = args.remaining === 0 ? "TIMEOUT" : args.keyword();
  if (mode !== "TIMEOUT" && mode !== "ERROR") {
    throw new ReplyError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const call = engine.sessions.get(id)?.blockedCall;
  if (call === undefined) return 0;
  const error = new ReplyError("UNBLOCKED client unblocked via CLIENT UNBLOCK");
  engine.blockedCalls.release(call, mode === "ERROR" ? error : call.onTimeout);
  return 1;
}

function list(args: CommandArguments, { engine }: Session): Reply {
  let sessions = [...engine.sessions.values()];
  if (args.remaining > 0) {
    if (args.take("TYPE")) {
      const isOfType = readType(args);
      sessions = sessions.filter(isOfType);
    } else if (args.take("ID") && args.remaining > 0) {
      const ids = new Set<number>();
      while (args.remaining > 0) ids.add(args.integerFrom(1, "ERR Invalid client ID"));
      sessions = sessions.filter(({ id }) => ids.has(id));
    } else throw syntaxError();
    args.end();
  }
  return new VerbatimText(sessions.map((session) => `${describeSession(session)}\n`).join(""));
}

function readType(args: CommandArguments): (session: Session) => boolean {
  const type = args.next();
  switch (type.toLowerCase()) {
    case "normal":
      return (session) => session.subscriptionCount === 0;
    case "pubsub":
      return (session) => session.subscriptionCount > 0;
    case "master":
    case "replica":
    case "slave":
      return () => false;
    default:
      throw new ReplyError(`ERR Unknown client type '${type}'`);
  }
}

function kill(args: CommandArguments, session: Session): Reply {
  const sessions = [...session.engine.sessions.values()];
  if (args.remaining === 1) {
    const address = args.next();
    const found = sessions.find(({ transport }) => transport.address === address);
    if (found === undefined) throw new ReplyError("ERR No such client");
    end(found, session);
    return ok;
  }
  const { filters, isSelfSpared } = readKillFilters(args);
  const found = sessions.filter(
    (other) => !(isSelfSpared && other === session) && filters.every((isChosen) => isChosen(other)),
  );
  for (const other of found) end(other, session);
  return found.length;
}

function readKillFilters(args: CommandArguments): {
  filters: ((session: Session) => boolean)[];
  isSelfSpared: boolean;
} {
  const filters: ((session: Session) => boolean)[] = [];
  let isSelfSpared = true;
  while (args.remaining > 0) {
    if (args.remaining < 2) throw syntaxError();
    if (args.take("ID")) {
      const id = args.integerFrom(1, "ERR client-id should be greater than 0");
      filters.push((session) => session.id === id);
    } else if (args.take("ADDR")) {
      const address = args.next();
      filters.push(({ transport }) => transport.address === address);
    } else if (args.take("LADDR")) {
      const address = args.next();
      filters.push(({ transport }) => transport.localAddress === address);
    } else if (args.take("TYPE")) filters.push(readType(args));
    else if (args.take("USER")) {
      const user = args.next();
      if (user !== "default") throw new ReplyError(`ERR No such user '${user}'`);
      filters.push((session) => session.isAuthenticated);
    } else if (args.take("SKIPME")) {
      const word = args.keyword();
      if (word !== "YES" && word !== "NO") throw syntaxError();
      isSelfSpared = word === "YES";
    } else throw syntaxError();
  }
  return { filters, isSelfSpared };
}

/** Whoever ends its own connection still gets the answer. */
function end(session: Session, asker: Session): void {
  if (session !== asker) {
    session.transport.destroy();
    return;
  }
  session.isClosing = true;
  queueMicrotask(() => session.transport.end());
}
