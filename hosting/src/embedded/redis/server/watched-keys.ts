import type { Session } from "./session.ts";

/** The keys whose change makes a transaction fail. */
export class WatchedKeys {
  readonly #sessionsByKey = new Map<string, Set<Session>>();
  readonly #keysOfSession = new Map<Session, Set<string>>();

  /** How many keys are watched. */
  get size(): number {
    return this.#sessionsByKey.size;
  }

  watch(session: Session, key: string): void {
    const watched = watchedKey(session.databaseIndex, key);
    const keys = this.#keysOfSession.get(session);
    if (keys === undefined) this.#keysOfSession.set(session, new Set([watched]));
    else keys.add(watched);
    const sessions = this.#sessionsByKey.get(watched);
    if (sessions === undefined) this.#sessionsByKey.set(watched, new Set([session]));
    else sessions.add(session);
  }

  unwatch(session: Session): void {
    for (const key of this.#keysOfSession.get(session) ?? []) {
      const sessions = this.#sessionsByKey.get(key);
      sessions?.delete(session);
      if (sessions?.size === 0) this.#sessionsByKey.delete(key);
    }
    this.#keysOfSession.delete(session);
    session.isWatchBroken = false;
  }

  keyChanged(databaseIndex: number, key: string): void {
    if (this.#sessionsByKey.size === 0) return;
    for (const session of this.#sessionsByKey.get(watchedKey(databaseIndex, key)) ?? []) {
      session.isWatchBroken = true;
    }
  }

  /** The keys of a database that a session or anybody watches. */
  *keys(databaseIndex: number, session?: Session): Generator<string> {
    const prefix = watchedKey(databaseIndex, "");
    const keys =
      session === undefined ? this.#sessionsByKey.keys() : (this.#keysOfSession.get(session) ?? []);
    for (const key of keys) if (key.startsWith(prefix)) yield key.slice(prefix.length);
  }
}

function watchedKey(databaseIndex: number, key: string): string {
  return `${databaseIndex}:${key}`;
}
