import type { DextError } from "@dext/core";
import { formatDuration } from "@dext/core";
import type { Frame, Layer, OwnProblem, Strategy, StrategyEnvironment } from "../pipeline/layer.ts";
import type { Outcome, OutcomePredicate } from "../pipeline/operation.ts";
import type { Cancellable, Scope } from "../pipeline/scope.ts";
import { wanted } from "../pipeline/validate.ts";
import { isRejection, rejection } from "../rejections.ts";
import type { CircuitBreakerOptions } from "./circuit-breaker-options.ts";
import { refused } from "./circuit.ts";
import type { CircuitMachine, CircuitState } from "./circuit.ts";
import { circuitSource, readCircuitSettings } from "./circuits.ts";
import type { CircuitSource } from "./circuits.ts";

/** The circuit breaker as part of a pipeline. */
export function circuitBreakerStrategy<Result>(options: CircuitBreakerOptions<Result>): Strategy {
  const { name = "circuit-breaker", circuits } = options;
  const problems: OwnProblem[] = [];
  const settings = readCircuitSettings(options, problems);
  if (circuits !== undefined) problems.push(...givenTwice(options));
  return {
    kind: "circuit-breaker",
    name,
    problems,
    facts: circuits === undefined ? { sampling: settings.sampling } : {},
    create: (next, environment) =>
      new CircuitBreakerLayer(
        options as CircuitBreakerOptions,
        (circuits as CircuitSource | undefined) ??
          circuitSource(options, settings, {
            now: () => environment.timers.now(),
            notify: (listener, event) => environment.notify(listener, event),
          }),
        next,
        environment,
      ),
  };
}

const circuitOptionNames = [
  "failureRatio",
  "minimumThroughput",
  "sampling",
  "breakFor",
  "probes",
  "maxKeys",
  "onOpened",
  "onHalfOpened",
  "onClosed",
  "onIsolated",
] as const;

function givenTwice(options: CircuitBreakerOptions<never>): OwnProblem[] {
  return circuitOptionNames
    .filter((option) => options[option] !== undefined)
    .map((option) => wanted(option, options[option], "nothing, since `circuits` brings its own"));
}

class CircuitBreakerLayer implements Layer {
  readonly environment: StrategyEnvironment;
  readonly next: Layer;
  readonly shouldHandle: OutcomePredicate<unknown> | undefined;
  readonly circuits: CircuitSource;
  private readonly isShared: boolean;
  private readonly perKey: boolean;

  constructor(
    { shouldHandle, perKey = false, circuits: shared }: CircuitBreakerOptions,
    circuits: CircuitSource,
    next: Layer,
    environment: StrategyEnvironment,
  ) {
    this.circuits = circuits;
    this.isShared = shared !== undefined;
    this.shouldHandle = shouldHandle;
    this.perKey = perKey;
    this.next = next;
    this.environment = environment;
  }

  run(scope: Scope, frame: Frame): void {
    if (scope.cancelled) return frame.fail(scope.reason);
    const { execution } = scope;
    const now = this.isShared ? this.circuits.now() : execution.instant();
    const circuit = this.circuits.machine(this.perKey ? execution.key : undefined, now);
    const before = circuit.state;
    const generation = circuit.admit(now);
    if (circuit.state !== before) this.changed(scope, circuit);
    if (generation === refused) {
      this.environment.report(execution, "rejected");
      return frame.fail(refusal(circuit));
    }
    const guarded = new CircuitBreakerFrame(this, scope, frame, { circuit, generation });
    // A probe that is given up must make room for another one, even if its work never ends.
    if (circuit.state !== "closed") scope.attach(guarded);
    this.next.run(scope, guarded);
  }

  /** The execution has changed the circuit's state. */
  changed({ execution }: Scope, circuit: CircuitMachine): void {
    this.environment.report(execution, eventOf[circuit.state]);
    this.environment.observeState(circuit.key, circuit.state);
  }
}

const eventOf: Readonly<Record<CircuitState, string>> = {
  closed: "closed",
  open: "opened",
  "half-open": "half-opened",
  isolated: "isolated",
};

/** One execution that was let through. */
class CircuitBreakerFrame implements Frame, Cancellable {
  private readonly layer: CircuitBreakerLayer;
  private readonly scope: Scope;
  private readonly parent: Frame;
  private readonly circuit: CircuitMachine;
  private readonly generation: number;
  /** A probe whose scope was given up has handed back its place already. */
  private released = false;

  constructor(
    layer: CircuitBreakerLayer,
    scope: Scope,
    parent: Frame,
    { circuit, generation }: { circuit: CircuitMachine; generation: number },
  ) {
    this.layer = layer;
    this.scope = scope;
    this.parent = parent;
    this.circuit = circuit;
    this.generation = generation;
  }

  succeed(value: unknown): void {
    const { layer, circuit } = this;
    if (layer.shouldHandle === undefined && circuit.state === "closed") {
      circuit.succeeded(this.generation, layer.circuits.now());
    } else if (!this.record({ result: value })) return;
    this.parent.succeed(value);
  }

  fail(error: unknown): void {
    if (this.record({ error })) this.parent.fail(error);
  }

  /** The scope is given up: that says nothing about what is guarded. */
  cancel(): void {
    this.released = true;
    this.circuit.abandoned(this.generation);
  }

  /** Tells the circuit; `false` when the predicate threw and the execution has failed with that. */
  private record(outcome: Outcome<unknown>): boolean {
    if (this.released) return true;
    const { layer, scope, circuit, generation } = this;
    const before = circuit.state;
    scope.detach(this);
    try {
      const verdict = this.verdict(outcome);
      const now = layer.circuits.now();
      if (verdict === "failure") circuit.failed(generation, now, outcome.error);
      else if (verdict === "success") circuit.succeeded(generation, now);
      else circuit.abandoned(generation);
    } catch (error) {
      circuit.abandoned(generation);
      this.parent.fail(error);
      return false;
    }
    if (circuit.state !== before) layer.changed(scope, circuit);
    return true;
  }

  private verdict(outcome: Outcome<unknown>): "failure" | "success" | "nothing" {
    const { shouldHandle } = this.layer;
    const failed = "error" in outcome;
    if (failed && this.scope.cancelled) return "nothing";
    if (shouldHandle !== undefined) return shouldHandle(outcome) ? "failure" : "success";
    if (!failed) return "success";
    return isRejection(outcome.error) && !isRejection(outcome.error, "DEXT_RESILIENCE_TIMEOUT")
      ? "nothing"
      : "failure";
  }
}

function refusal(circuit: CircuitMachine): DextError {
  const { key, state, retryAfter } = circuit;
  const subject = key === undefined ? "The circuit" : `The circuit of "${key}"`;
  const details = { state, ...(key === undefined ? {} : { key }) };
  if (retryAfter === undefined) {
    return rejection("DEXT_RESILIENCE_CIRCUIT_ISOLATED", `${subject} is isolated, wanted closed`, {
      hint: "It was opened by hand; close it when the dependency may be used again.",
      details,
    });
  }
  return rejection("DEXT_RESILIENCE_CIRCUIT_OPEN", `${subject} is ${state}, wanted closed`, {
    hint: `The dependency failed too often. Try again in ${formatDuration(retryAfter)}.`,
    cause: circuit.lastError,
    details: { ...details, retryAfter },
  });
}
