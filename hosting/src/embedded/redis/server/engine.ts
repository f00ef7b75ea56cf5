import { randomBytes } from "node:crypto";

import { silentLogger, systemClock } from "@dext/core";
import type { Clock, Logger, Timer } from "@dext/core";

import type { CommandTable } from "../commands/command-table.ts";
import { Database } from "../keyspace/database.ts";
import type { KeyspaceObserver } from "../keyspace/database.ts";
import { keyEventMessages } from "../keyspace/key-events.ts";
import { ScriptCache } from "../scripting/script-cache.ts";
import { BlockedCalls } from "./blocked-calls.ts";
import { PubSub } from "./pubsub.ts";
import { Session } from "./session.ts";
import type { Transport } from "./session.ts";
import { Settings } from "./settings.ts";
import { createStatistics } from "./statistics.ts";
import type { Statistics } from "./statistics.ts";
import { WatchedKeys } from "./watched-keys.ts";

const databaseCount = 16;
const expiryPeriod = 100;
const expiryBatch = 200;

/** Keeps the data on disk. */
export interface Persistence {
  /** When the data was last saved, in milliseconds since 1970. */
  readonly savedAt: number;
  readonly isSaving: boolean;
  /** Whether the last attempt failed. */
  readonly hasFailed: boolean;
  /** The data is no longer what was saved. */
  onChange(): void;
  /** Saves and waits for it, blocking everything else. @throws DextError when that fails. */
  saveNow(): void;
  /** Starts to save in the background. */
  saveSoon(): void;
}

/** What an engine needs from outside. */
export interface EngineOptions {
  commands: CommandTable;
  clock?: Clock;
  /** Gives a number from 0 up to, not including, 1. */
  random?: () => number;
  settings?: Readonly<Record<string, string>>;
  logger?: Logger;
  /** Ends the server, for the command `SHUTDOWN`, which has saved already what is to be saved. */
  onShutdown?: () => void;
}

/** The server without its network: databases, sessions and what they share. */
export class Engine implements KeyspaceObserver {
  readonly commands: CommandTable;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly settings: Settings;
  readonly databases: readonly Database[];
  readonly sessions: Map<number, Session> = new Map();
  readonly pubsub: PubSub = new PubSub();
  readonly watchedKeys: WatchedKeys = new WatchedKeys();
  readonly blockedCalls: BlockedCalls;
  readonly scripts: ScriptCache = new ScriptCache();
  readonly monitors: Set<Session> = new Set();
  readonly runId: string = randomBytes(20).toString("hex");
  readonly startedAt: number;
  readonly onShutdown: () => void;
  statistics: Statistics = createStatistics();
  persistence: Persistence | undefined;
  /** The time of the command that runs, in milliseconds since 1970. */
  time: number;
  isTouching = true;
  /** Changes since the data was last saved. */
  changes = 0;
  #lastSessionId = 0;
  #expiryTimer: Timer | undefined;
  #isClosed = false;

  constructor({
    commands,
    clock = systemClock,
    random = Math.random,
    settings = {},
    logger = silentLogger,
    onShutdown = () => {},
  }: EngineOptions) {
    this.commands = commands;
    this.clock = clock;
    this.logger = logger;
    this.random = random;
    this.onShutdown = onShutdown;
    this.time = clock.now();
    this.startedAt = this.time;
    this.settings = new Settings(settings);
    this.blockedCalls = new BlockedCalls(this);
    this.databases = Array.from({ length: databaseCount }, (_, index) => new Database(index, this));
  }

  openSession(transport: Transport): Session {
    this.time = this.clock.now();
    const session = new Session(this, { id: ++this.#lastSessionId, transport });
    session.isAuthenticated = this.settings.get("requirepass") === "";
    this.sessions.set(session.id, session);
    this.statistics.connections++;
    return session;
  }

  /** Forgets everything about a session whose connection has gone. */
  closeSession(session: Session): void {
    session.isClosing = true;
    this.sessions.delete(session.id);
    this.monitors.delete(session);
    this.pubsub.remove(session);
    this.watchedKeys.unwatch(session);
    if (session.blockedCall !== undefined) this.blockedCalls.cancel(session.blockedCall);
  }

  /** Stops every timer. */
  close(): void {
    this.#isClosed = true;
    this.#expiryTimer?.clear();
    for (const session of this.sessions.values()) this.closeSession(session);
  }

  keyChanged(database: Database, key: string): void {
    this.#noteChange();
    this.watchedKeys.keyChanged(database.index, key);
    this.blockedCalls.keyChanged(database.index, key);
  }

  keyEvent(database: Database, key: string, event: string): void {
    if (event === "expired") this.statistics.expiredKeys++;
    const letters = this.settings.get("notify-keyspace-events");
    if (letters === "") return;
    for (const [channel, message] of keyEventMessages(event, { key, database: database.index, letters })) {
      this.pubsub.publish(channel, message);
    }
  }

  keyLookedUp(isHit: boolean): void {
    if (isHit) this.statistics.hits++;
    else this.statistics.misses++;
  }

  /** Removes everything from a database. */
  flush(database: Database): void {
    for (const key of this.watchedKeys.keys(database.index)) {
      if (database.has(key)) this.watchedKeys.keyChanged(database.index, key);
    }
    database.clear();
    this.blockedCalls.databaseChanged(database.index);
    this.#noteChange();
  }

  /** Exchanges the contents of two databases. */
  swap(first: Database, second: Database): void {
    for (const { index } of [first, second]) {
      for (const key of this.watchedKeys.keys(index)) {
        if (first.has(key) || second.has(key)) this.watchedKeys.keyChanged(index, key);
      }
      this.blockedCalls.databaseChanged(index);
    }
    first.swap(second);
    this.#noteChange();
  }

  #noteChange(): void {
    this.changes++;
    if (this.changes === 1) this.persistence?.onChange();
  }

  /** Looks after keys that end while nobody asks for them; runs only while there are such keys. */
  watchExpiry(): void {
    if (this.#expiryTimer !== undefined || this.#isClosed) return;
    if (this.databases.every((database) => database.expiringCount === 0)) return;
    this.#expiryTimer = this.clock.setTimer(
      () => {
        this.#expiryTimer = undefined;
        this.time = this.clock.now();
        for (const database of this.databases) expireDue(database);
        this.blockedCalls.serve();
        this.watchExpiry();
      },
      { milliseconds: expiryPeriod, unref: true },
    );
  }
}

/** Goes on while more than a tenth of what it sees has ended, as there is likely to be more. */
function expireDue(database: Database): void {
  for (let round = 0; round < 20; round++) {
    if (database.expireSome(expiryBatch) <= expiryBatch / 10) return;
  }
}
