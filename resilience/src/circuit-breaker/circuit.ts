import { toMilliseconds } from "@dext/core";
import type { Duration } from "@dext/core";
import type { KeyedState } from "../pipeline/keyed-states.ts";
import type { CircuitEvent, CircuitOpenedEvent } from "./circuit-breaker-events.ts";
import type { BreakRequest } from "./circuit-breaker-options.ts";
import { FailureWindow } from "./failure-window.ts";

/** An open circuit stays so until the first execution after its break time, which makes it half-open. */
export type CircuitState = "closed" | "open" | "half-open" | "isolated";

/** One circuit, for looking at it and for opening and closing it by hand. */
export interface Circuit {
  readonly key: string | undefined;
  readonly state: CircuitState;
  /** Milliseconds until it lets something through; `undefined` while it is isolated. */
  readonly retryAfter: number | undefined;
  readonly failureRatio: number;
  readonly throughput: number;
  /** Lets nothing through until {@link close}. */
  isolate(): void;
  /** Opens it as if it had failed too often; default: for the circuit's own break time. */
  open(breakFor?: Duration): void;
  /** Closes it and forgets what failed. */
  close(): void;
}

/** The numbers of a circuit, checked and in milliseconds. */
export interface CircuitSettings {
  failureRatio: number;
  minimumThroughput: number;
  sampling: number;
  breakFor: number | ((request: BreakRequest) => Duration);
  probes: number;
}

/** Where a circuit tells its changes, and where it takes the time. */
export interface CircuitHome {
  readonly settings: CircuitSettings;
  now(): number;
  opened(event: CircuitOpenedEvent): void;
  changed(event: CircuitEvent): void;
}

/** {@link CircuitMachine.admit} lets nothing through. */
export const refused = -1;

/**
 * The state machine of one circuit.
 *
 * Whoever is let through gets the number of the state's generation and hands it back with the outcome: what
 * began in an earlier generation says nothing about the present one.
 */
export class CircuitMachine implements Circuit, KeyedState {
  readonly key: string | undefined;
  state: CircuitState = "closed";
  private readonly home: CircuitHome;
  private readonly window: FailureWindow;
  /** What failed last; the cause of what is turned away. */
  lastError: unknown = undefined;
  private generation = 0;
  /** Open: when a probe may go. Half-open: when the probes are no longer waited for. */
  private until = 0;
  private breakTime = 0;
  private opens = 0;
  private probesLeft = 0;
  private probesToSucceed = 0;

  constructor(key: string | undefined, home: CircuitHome) {
    this.key = key;
    this.home = home;
    this.window = new FailureWindow(home.settings.sampling);
  }

  get retryAfter(): number | undefined {
    if (this.state === "isolated") return undefined;
    if (this.state === "closed") return 0;
    if (this.state === "half-open" && this.probesLeft > 0) return 0;
    return Math.max(0, this.until - this.home.now());
  }

  get failureRatio(): number {
    this.window.advance(this.home.now());
    return this.window.failureRatio;
  }

  get throughput(): number {
    this.window.advance(this.home.now());
    return this.window.throughput;
  }

  isIdle(now: number): boolean {
    this.window.advance(now);
    return this.state === "closed" && this.window.failures === 0;
  }

  /** The generation to hand back, or {@link refused}. */
  admit(now: number): number {
    if (this.state === "closed") return this.generation;
    if (this.state === "isolated") return refused;
    // Half-open counts as well: a probe that hangs must not keep the circuit shut for ever.
    if (now >= this.until) this.halfOpen(now);
    if (this.state === "open" || this.probesLeft === 0) return refused;
    this.probesLeft -= 1;
    return this.generation;
  }

  succeeded(generation: number, now: number): void {
    if (generation !== this.generation) return;
    if (this.state === "closed") return this.window.succeeded(now);
    this.probesToSucceed -= 1;
    if (this.probesToSucceed === 0) this.toClosed(false);
  }

  /** @param error what failed; `undefined` when it was a result. */
  failed(generation: number, now: number, error: unknown): void {
    if (generation !== this.generation) return;
    this.lastError = error;
    const { window, home } = this;
    window.failed(now);
    if (this.state === "half-open") return this.toOpen(now, { manual: false });
    const { minimumThroughput, failureRatio } = home.settings;
    if (window.throughput >= minimumThroughput && window.failureRatio >= failureRatio)
      this.toOpen(now, { manual: false });
  }

  /** The execution ended without saying anything, so that another probe may take its place. */
  abandoned(generation: number): void {
    if (generation === this.generation && this.state === "half-open") this.probesLeft += 1;
  }

  isolate(): void {
    if (this.state === "isolated") return;
    const from = this.change("isolated");
    this.home.changed({ key: this.key, from, to: "isolated", manual: true });
  }

  open(breakFor?: Duration): void {
    const breakTime = breakFor === undefined ? undefined : toMilliseconds(breakFor);
    this.toOpen(this.home.now(), { manual: true, ...(breakTime === undefined ? {} : { breakTime }) });
  }

  close(): void {
    this.toClosed(true);
  }

  private toOpen(now: number, { manual, breakTime }: { manual: boolean; breakTime?: number }): void {
    this.window.advance(now);
    const { failureRatio, throughput } = this.window;
    this.opens += 1;
    const { key, opens } = this;
    this.breakTime = breakTime ?? this.computedBreak({ key, opens, failureRatio, throughput });
    this.until = now + this.breakTime;
    const from = this.change("open");
    const breakFor = this.breakTime;
    this.home.opened({ key, from, to: "open", manual, breakFor, opens, failureRatio, throughput });
  }

  private halfOpen(now: number): void {
    const from = this.change("half-open");
    this.until = now + this.breakTime;
    this.probesLeft = this.home.settings.probes;
    this.probesToSucceed = this.probesLeft;
    if (from === "open") this.home.changed({ key: this.key, from, to: "half-open", manual: false });
  }

  private toClosed(manual: boolean): void {
    this.opens = 0;
    this.lastError = undefined;
    this.window.clear();
    const from = this.change("closed");
    if (from !== "closed") this.home.changed({ key: this.key, from, to: "closed", manual });
  }

  private change(to: CircuitState): CircuitState {
    const from = this.state;
    this.state = to;
    this.generation += 1;
    return from;
  }

  private computedBreak(request: BreakRequest): number {
    const { breakFor } = this.home.settings;
    return typeof breakFor === "number" ? breakFor : toMilliseconds(breakFor(request));
  }
}
