import type { Command } from "../commands/command.ts";
import type { CommandArguments } from "../commands/command-arguments.ts";
import type { Database } from "../keyspace/database.ts";
import { encodeReply } from "../protocol/reply-encoder.ts";
import type { ProtocolVersion } from "../protocol/reply-encoder.ts";
import { PushReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { BlockedCall } from "./blocked-calls.ts";
import type { Engine } from "./engine.ts";

/** Where the replies of a session go. */
export interface Transport {
  readonly address: string;
  readonly localAddress: string;
  /** Bytes, one per character, that were written and have not left yet. */
  readonly pendingBytes: number;
  write(bytes: string): void;
  /** Goes on with requests that waited for a blocked one. */
  resume(): void;
  /** Closes when everything written has left. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

/** A command that waits for `EXEC`. */
export interface QueuedCommand {
  readonly command: Command;
  readonly args: CommandArguments;
}

/** Subscribers that do not read are cut off from here on, like Redis's limit for their class. */
const subscriberBacklogBytes = 32 * 1024 * 1024;

/** What the server knows about one client. */
export class Session {
  readonly id: number;
  readonly engine: Engine;
  readonly transport: Transport;
  readonly createdAt: number;
  name = "";
  libraryName = "";
  libraryVersion = "";
  databaseIndex = 0;
  protocol: ProtocolVersion = 2;
  isAuthenticated = false;
  /** The commands since `MULTI`. */
  transaction: QueuedCommand[] | undefined;
  /** Whether a command since `MULTI` was refused, so that `EXEC` must fail. */
  isTransactionBroken = false;
  /** Whether a watched key was changed. */
  isWatchBroken = false;
  readonly channels: Set<string> = new Set();
  readonly patterns: Set<string> = new Set();
  readonly shardChannels: Set<string> = new Set();
  blockedCall: BlockedCall | undefined;
  /** Whether a command may wait: not inside a transaction or a script. */
  mayBlock = true;
  readonly isScript: boolean;
  isMonitor = false;
  isUnevictable = false;
  isUntouching = false;
  replies: "on" | "off" | "skip-next" | "skip-this" = "on";
  lastCommand = "";
  lastActiveAt: number;
  /** Set once the connection is going away; nothing more is read from it. */
  isClosing = false;

  constructor(
    engine: Engine,
    { id, transport, isScript = false }: { id: number; transport: Transport; isScript?: boolean },
  ) {
    this.engine = engine;
    this.id = id;
    this.transport = transport;
    this.isScript = isScript;
    this.createdAt = engine.time;
    this.lastActiveAt = engine.time;
  }

  get database(): Database {
    return this.engine.databases[this.databaseIndex] as Database;
  }

  get subscriptionCount(): number {
    return this.channels.size + this.patterns.size;
  }

  /** Whether only the commands of pub/sub are allowed: RESP2 cannot tell replies from messages. */
  get isSubscriber(): boolean {
    return this.protocol === 2 && this.subscriptionCount + this.shardChannels.size > 0;
  }

  send(reply: Reply): void {
    if (this.replies === "on") this.transport.write(encodeReply(reply, this.protocol));
  }

  /** Sends a message that no command asked for. */
  push(items: readonly Reply[]): void {
    if (this.transport.pendingBytes > subscriberBacklogBytes) this.transport.destroy();
    else this.send(new PushReply(items));
  }

  /** Closes the connection when everything written has left. */
  close(): void {
    this.isClosing = true;
    this.transport.end();
  }
}
