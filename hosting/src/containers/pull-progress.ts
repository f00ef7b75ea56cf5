import type { Clock } from "@dext/core";

/** So long nothing may come before that is said, in milliseconds. */
const quietInterval = 15_000;

/** What an engine says while it pulls: `{"status":"Downloading","id":"5843afab3874","progressDetail":{…}}`. */
export interface PullEvent {
  status?: string;
  id?: string;
  error?: string;
  errorDetail?: { message?: string };
  progressDetail?: { current?: number; total?: number };
}

interface LayerProgress {
  current: number;
  total: number;
  isDone: boolean;
  /** `retrying in 5 seconds`, while the engine waits after a failure. */
  retry?: string | undefined;
}

/** Tells when nothing has been heard for a while, again and again: a transfer that stalls looks like one that goes on. */
export class QuietWatch {
  readonly #clock: Clock;
  readonly #tell: (milliseconds: number) => void;
  #heardAt: number;
  #timer: { clear(): void } | undefined;

  constructor(clock: Clock, tell: (milliseconds: number) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#heardAt = clock.monotonic();
    this.#wait();
  }

  hear(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  close(): void {
    this.#timer?.clear();
  }

  #wait(): void {
    const look = (): void => {
      const quiet = this.#clock.monotonic() - this.#heardAt;
      if (quiet >= quietInterval) this.#tell(quiet);
      this.#wait();
    };
    this.#timer = this.#clock.setTimer(look, { milliseconds: quietInterval, unref: true });
  }
}

/** Adds up what the engine says of each layer. */
export class PullProgress {
  readonly #layers: Map<string, LayerProgress> = new Map();

  add({ id, status = "", progressDetail = {} }: PullEvent): void {
    if (id === undefined || status.startsWith("Pulling from")) return;
    const layer: LayerProgress = this.#layers.get(id) ?? { current: 0, total: 0, isDone: false };
    this.#layers.set(id, layer);
    layer.retry = /^Retrying in \d+ seconds?/.exec(status)?.[0].toLowerCase();
    if (status === "Downloading") {
      layer.current = progressDetail.current ?? layer.current;
      layer.total = progressDetail.total ?? layer.total;
    } else if (status === "Download complete" || status === "Pull complete") {
      layer.current = layer.total;
    }
    layer.isDone = status === "Pull complete" || status === "Already exists";
  }

  get text(): string {
    const layers = [...this.#layers.values()];
    const sum = (part: "current" | "total"): string =>
      (layers.reduce((total, layer) => total + layer[part], 0) / 1e6).toFixed(0);
    const done = layers.filter(({ isDone }) => isDone).length;
    const retry = layers.find((layer) => layer.retry !== undefined)?.retry;
    const text = `${done} of ${layers.length} layers, ${sum("current")} of ${sum("total")} MB`;
    return retry === undefined ? text : `${text}, a layer failed: ${retry}`;
  }
}
