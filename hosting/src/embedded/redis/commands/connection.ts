import { createHash, timingSafeEqual } from "node:crypto";

import { ReplyError } from "../protocol/reply-error.ts";
import { MapReply, ok, Status, noReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import { compatibleVersion } from "../server/compatible-version.ts";
import type { Session } from "../server/session.ts";
import { checkName, clientSubcommands } from "./client.ts";
import { createCommands } from "./command.ts";
import type { Command } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";

const anytime = "noscript loading stale fast no_auth allow_busy";

/** The connection itself. */
export const connectionCommands: readonly Command[] = createCommands("connection", [
  { name: "auth", arity: -2, flags: anytime, run: authenticate },
  { name: "client", arity: -2, subcommands: clientSubcommands },
  { name: "echo", arity: 2, flags: "loading stale fast", run: (args) => args.next() },
  { name: "hello", arity: -1, flags: anytime, run: hello },
  { name: "ping", arity: -1, flags: "fast", run: ping },
  { name: "quit", arity: -1, flags: anytime, run: quit },
  { name: "reset", arity: 1, flags: anytime, run: reset },
  { name: "select", arity: 2, flags: "loading stale fast", run: select },
]);

function ping(args: CommandArguments, session: Session): Reply {
  if (args.remaining > 1) throw new ReplyError("ERR wrong number of arguments for 'ping' command");
  if (session.isSubscriber) return ["pong", args.remaining === 1 ? args.next() : ""];
  return args.remaining === 1 ? args.next() : new Status("PONG");
}

function authenticate(args: CommandArguments, session: Session): Reply {
  if (args.remaining > 2) throw new ReplyError("ERR syntax error");
  const user = args.remaining === 2 ? args.next() : undefined;
  if (user === undefined && session.engine.settings.get("requirepass") === "") {
    throw new ReplyError(
      "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
    );
  }
  checkPassword(session, user ?? "default", args.next());
  return ok;
}

function checkPassword(session: Session, user: string, password: string): void {
  const wanted = session.engine.settings.get("requirepass");
  // Without a password the default user lets in whoever comes.
  if (user !== "default" || (wanted !== "" && !isSame(password, wanted))) {
    throw new ReplyError("WRONGPASS invalid username-password pair or user is disabled.");
  }
  session.isAuthenticated = true;
}

function isSame(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "latin1").digest();
}

function hello(args: CommandArguments, session: Session): Reply {
  const version = args.remaining === 0 ? session.protocol : readProtocol(args);
  let name: string | undefined;
  while (args.remaining > 0) {
    if (args.remaining >= 3 && args.take("AUTH")) checkPassword(session, args.next(), args.next());
    else if (args.remaining >= 2 && args.take("SETNAME")) name = checkName(args.next());
    else throw new ReplyError(`ERR Syntax error in HELLO option '${args.next()}'`);
  }
  if (!session.isAuthenticated) {
    throw new ReplyError(
      "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
    );
  }
  session.protocol = version;
  session.name = name ?? session.name;
  const facts: Readonly<Record<string, Reply>> = {
    server: "redis",
    version: compatibleVersion,
    proto: version,
    id: session.id,
    mode: "standalone",
    role: "master",
    modules: [],
  };
  return new MapReply(Object.entries(facts).flat());
}

function readProtocol(args: CommandArguments): 2 | 3 {
  const version = args.integer("ERR Protocol version is not an integer or out of range");
  if (version === 2 || version === 3) return version;
  throw new ReplyError("NOPROTO unsupported protocol version");
}

function quit(_args: CommandArguments, session: Session): Reply {
  session.send(ok);
  session.close();
  return noReply;
}

function reset(_args: CommandArguments, session: Session): Reply {
  const { engine } = session;
  engine.pubsub.remove(session);
  engine.watchedKeys.unwatch(session);
  engine.monitors.delete(session);
  session.isMonitor = false;
  session.transaction = undefined;
  session.isTransactionBroken = false;
  session.databaseIndex = 0;
  session.protocol = 2;
  session.name = "";
  session.replies = "on";
  session.isUnevictable = false;
  session.isUntouching = false;
  session.isAuthenticated = engine.settings.get("requirepass") === "";
  return new Status("RESET");
}

function select(args: CommandArguments, session: Session): Reply {
  const index = args.integer();
  if (session.engine.databases[index] === undefined) throw new ReplyError("ERR DB index is out of range");
  session.databaseIndex = index;
  return ok;
}
