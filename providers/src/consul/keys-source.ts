import { createHash } from "node:crypto";
import type { ConfigWatch, WatchContext } from "../definition/provider.ts";
import { isTransient, sourceUnavailable } from "../definition/source-errors.ts";
import { linkAbort } from "../remote/linked-abort.ts";
import { pause, watchInRounds } from "../remote/watch-rounds.ts";
import { forbidden } from "./answer-errors.ts";
import type { ConsulClient, KeyAnswer, KeyItem } from "./consul-client.ts";
import type { ConsulSettings } from "./consul-settings.ts";
import type { KeyPlace } from "./key-places.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How long answers may take, in milliseconds. */
export interface KeyWaits {
  /** How long Consul holds a blocking query. */
  readonly wait: number;
  /** How long an answer takes at most besides. */
  readonly timeout: number;
}

/** A connection to a Consul that is open. */
export interface OpenConsul {
  readonly client: ConsulClient;
  readonly settings: ConsulSettings;
}

/**
 * The keys at one place: read as they are, and watched by blocking queries.
 *
 * https://developer.hashicorp.com/consul/api-docs/features/blocking#implementation-details
 */
export class KeysSource {
  readonly place: KeyPlace;
  readonly #waits: KeyWaits;
  /** Content that was last handed out; undefined when what was handed out last was an error, or nothing yet. */
  #given: string | undefined;
  #index: number | undefined;
  /** Ends the round of the watch that is under way. */
  #round: AbortController | undefined;

  constructor(place: KeyPlace, waits: KeyWaits) {
    this.place = place;
    this.#waits = waits;
  }

  /** Reads the keys; undefined when there are none. */
  async load(consul: OpenConsul, signal: AbortSignal): Promise<KeyAnswer> {
    try {
      const answer = await this.#read(consul, { signal });
      this.#given = contentOf(answer);
      // The watch goes on from here, when it has not begun. A server that lags behind it may have answered.
      if (this.#round === undefined) this.#index = nextIndex(undefined, answer.index);
      else if (answer.index < (this.#index ?? 0)) this.#startOver();
      return answer;
    } catch (error) {
      this.#given = undefined;
      // What did not answer is loaded again by those who loaded it; what was refused once is asked for again here.
      if (!signal.aborted && !isTransient(error)) this.#startOver();
      throw error;
    }
  }

  /** Has the watch look at once, which may be in the middle of five minutes of silence, and tell of what it sees. */
  #startOver(): void {
    this.#given = undefined;
    this.#index = undefined;
    this.#round?.abort();
  }

  /** Tells of content that is not what was handed out last. */
  watch(open: () => Promise<OpenConsul>, context: WatchContext): ConfigWatch {
    // Under a flood of changes this becomes a look per second.
    const bucket = new TokenBucket(context.clock, { burst: 2, interval: 1000 });
    return watchInRounds(context, async (signal) => {
      await pause(context, { milliseconds: bucket.take(), signal });
      if (signal.aborted) return;
      const round = linkAbort(signal);
      this.#round = round.controller;
      try {
        await this.#look(await open(), { context, signal: round.controller.signal });
      } catch (error) {
        this.#index = undefined;
        if (signal.aborted || !round.controller.signal.aborted) throw error;
      } finally {
        round.end();
      }
    });
  }

  async #look(
    consul: OpenConsul,
    { context, signal }: { context: WatchContext; signal: AbortSignal },
  ): Promise<void> {
    const answer = await this.#readInTime(consul, { context, signal });
    this.#index = nextIndex(this.#index, answer.index);
    if (contentOf(answer) !== this.#given) context.onChange();
  }

  /** Consul adds up to a sixteenth to the wait, so that not all clients come back at once. */
  async #readInTime(
    consul: OpenConsul,
    { context, signal }: { context: WatchContext; signal: AbortSignal },
  ): Promise<KeyAnswer> {
    const { wait, timeout } = this.#waits;
    const index = this.#index;
    const milliseconds = (index === undefined ? 0 : wait + wait / 16) + timeout;
    const link = linkAbort(signal);
    const timer = context.clock.setTimer(() => link.controller.abort(silent(consul.settings, milliseconds)), {
      milliseconds,
      unref: true,
    });
    try {
      return await this.#read(consul, { index, wait, signal: link.controller.signal, unref: true });
    } finally {
      timer.clear();
      link.end();
    }
  }

  async #read(
    { client, settings }: OpenConsul,
    query: { index?: number | undefined; wait?: number; signal: AbortSignal; unref?: boolean },
  ): Promise<KeyAnswer> {
    const { place } = this;
    const { key, recurse } = place;
    const answer = await client.read({ key, recurse, ...query });
    if (answer.items !== undefined || !recurse) return answer;
    // To a token that may not read them, Consul says of many keys that there are none; only of a single one it is frank.
    if (answer.isFiltered) {
      const token = await settings.token();
      throw forbidden("404, as they were filtered out", { settings, token, query: place });
    }
    if (key !== "") {
      const { signal, unref = false } = query;
      await client.read({ key, recurse: false, isProbe: true, signal, unref });
    }
    return answer;
  }
}

/** What the next query names, for the index before and the one that came: undefined to begin anew. Zero would not block. */
function nextIndex(before: number | undefined, index: number): number | undefined {
  if (index < 1) return 1;
  return before !== undefined && index < before ? undefined : index;
}

/** One text for what keys hold, whatever their indexes are. */
function contentOf({ items }: { items: readonly KeyItem[] | undefined }): string {
  if (items === undefined) return "absent";
  const hash = createHash("sha256");
  for (const { key, value } of items) {
    hash.update(JSON.stringify([key, value?.byteLength ?? null]));
    if (value !== null) hash.update(value);
  }
  return hash.digest("base64");
}

function silent({ shown }: ConsulSettings, milliseconds: number): Error {
  return sourceUnavailable(`Consul at ${shown}`, {
    cause: new Error(`it said nothing for ${Math.round(milliseconds)} ms`),
    hint: "Look whether Consul is there and what stands between.",
  });
}
