import { compileGlob } from "../values/glob-pattern.ts";
import type { GlobMatcher } from "../values/glob-pattern.ts";
import type { Session } from "./session.ts";

/** Who listens to which channel. */
export class PubSub {
  readonly channels: Map<string, Set<Session>> = new Map();
  readonly shardChannels: Map<string, Set<Session>> = new Map();
  readonly #patterns = new Map<string, { matches: GlobMatcher; sessions: Set<Session> }>();

  get patternCount(): number {
    return this.#patterns.size;
  }

  subscribe(session: Session, channel: string): void {
    session.channels.add(channel);
    addTo(this.channels, channel, session);
  }

  unsubscribe(session: Session, channel: string): void {
    session.channels.delete(channel);
    removeFrom(this.channels, channel, session);
  }

  subscribeShard(session: Session, channel: string): void {
    session.shardChannels.add(channel);
    addTo(this.shardChannels, channel, session);
  }

  unsubscribeShard(session: Session, channel: string): void {
    session.shardChannels.delete(channel);
    removeFrom(this.shardChannels, channel, session);
  }

  subscribePattern(session: Session, pattern: string): void {
    session.patterns.add(pattern);
    const known = this.#patterns.get(pattern);
    if (known === undefined) {
      this.#patterns.set(pattern, { matches: compileGlob(pattern), sessions: new Set([session]) });
    } else {
      known.sessions.add(session);
    }
  }

  unsubscribePattern(session: Session, pattern: string): void {
    session.patterns.delete(pattern);
    const known = this.#patterns.get(pattern);
    known?.sessions.delete(session);
    if (known?.sessions.size === 0) this.#patterns.delete(pattern);
  }

  /** Sends a message and says how many got it. */
  publish(channel: string, message: string): number {
    let receivers = 0;
    for (const session of this.channels.get(channel) ?? []) {
      session.push(["message", channel, message]);
      receivers++;
    }
    for (const [pattern, { matches, sessions }] of this.#patterns) {
      if (!matches(channel)) continue;
      for (const session of sessions) session.push(["pmessage", pattern, channel, message]);
      receivers += sessions.size;
    }
    return receivers;
  }

  publishShard(channel: string, message: string): number {
    const sessions = this.shardChannels.get(channel);
    for (const session of sessions ?? []) session.push(["smessage", channel, message]);
    return sessions?.size ?? 0;
  }

  /** Forgets everything that a session listens to. */
  remove(session: Session): void {
    for (const channel of session.channels) this.unsubscribe(session, channel);
    for (const pattern of session.patterns) this.unsubscribePattern(session, pattern);
    for (const channel of session.shardChannels) this.unsubscribeShard(session, channel);
  }
}

function addTo(channels: Map<string, Set<Session>>, channel: string, session: Session): void {
  const sessions = channels.get(channel);
  if (sessions === undefined) channels.set(channel, new Set([session]));
  else sessions.add(session);
}

function removeFrom(channels: Map<string, Set<Session>>, channel: string, session: Session): void {
  const sessions = channels.get(channel);
  sessions?.delete(session);
  if (sessions?.size === 0) channels.delete(channel);
}
