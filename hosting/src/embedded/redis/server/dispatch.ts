import { CommandArguments } from "../commands/command-arguments.ts";
import type { Command } from "../commands/command.ts";
import { isArityRight } from "../commands/command-table.ts";
import { ReplyError, wrongArity } from "../protocol/reply-error.ts";
import { noReply, queued } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Engine } from "./engine.ts";
import { runCommand } from "./run-command.ts";
import type { Session } from "./session.ts";

/** Runs a request of a client and sends the answer. */
export function handleRequest(session: Session, request: readonly string[]): void {
  const { engine } = session;
  engine.time = engine.clock.now();
  engine.statistics.commands++;
  engine.isTouching = !session.isUntouching;
  session.lastActiveAt = engine.time;
  if (session.replies === "skip-next") session.replies = "skip-this";
  const reply = answer(session, request);
  if (reply !== noReply) session.send(reply);
  if (session.replies === "skip-this") session.replies = "on";
  settle(engine);
}

/** Does what a command leaves to be done: serves who waits, looks after keys that will end. */
function settle(engine: Engine): void {
  engine.blockedCalls.serve();
  engine.watchExpiry();
}

function answer(session: Session, request: readonly string[]): Reply {
  const command = session.engine.commands.find(request);
  if (command instanceof ReplyError) return refuse(session, command);
  session.lastCommand = command.name;
  const refusal = findRefusal(session, command, request);
  if (refusal !== undefined) return refuse(session, refusal);
  tellMonitors(session, request, command);
  const args = new CommandArguments(command.name, request, command.nameLength);
  if (session.transaction === undefined || isRunInTransaction(command))
    return runCommand(session, command, args);
  session.transaction.push({ command, args });
  return queued;
}

const runInTransaction: ReadonlySet<string> = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);

function isRunInTransaction(command: Command): boolean {
  return runInTransaction.has(command.name);
}

function refuse(session: Session, error: ReplyError): ReplyError {
  session.engine.statistics.errors++;
  if (session.transaction !== undefined) session.isTransactionBroken = true;
  return error;
}

const allowedWhileSubscribed: ReadonlySet<string> = new Set([
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "ssubscribe",
  "sunsubscribe",
  "ping",
  "quit",
  "reset",
]);

function findRefusal(session: Session, command: Command, request: readonly string[]): ReplyError | undefined {
  if (!isArityRight(command, request.length)) return wrongArity(command.name);
  if (!session.isAuthenticated && !command.flags.has("no_auth")) {
    return new ReplyError("NOAUTH Authentication required.");
  }
  if (session.transaction !== undefined && command.flags.has("no_multi")) {
    return new ReplyError("ERR Command not allowed inside a transaction");
  }
  if (session.isSubscriber && !allowedWhileSubscribed.has(command.name)) {
    return new ReplyError(
      `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  }
  return undefined;
}

function tellMonitors(session: Session, request: readonly string[], command: Command): void {
  const { engine } = session;
  if (engine.monitors.size === 0 || command.flags.has("admin") || command.flags.has("no_auth")) return;
  const seconds = (engine.time / 1000).toFixed(6);
  const words = request.map((word) => quoteForMonitor(word)).join(" ");
  const line = `+${seconds} [${session.databaseIndex} ${session.transport.address}] ${words}\r\n`;
  for (const monitor of engine.monitors) monitor.transport.write(line);
}

function quoteForMonitor(word: string): string {
  const escaped = word
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\r", String.raw`\r`)
    .replaceAll("\t", String.raw`\t`)
    .replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}
