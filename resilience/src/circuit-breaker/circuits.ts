import { silentLogger, systemClock } from "@dext/core";
import { KeyedStates } from "../pipeline/keyed-states.ts";
import type { OwnProblem } from "../pipeline/layer.ts";
import { notifyListener } from "../pipeline/listener.ts";
import { checkCount, readDuration, refuseOptions, wanted } from "../pipeline/validate.ts";
import type { CircuitOptions, CreateCircuitsOptions } from "./circuit-breaker-options.ts";
import type { CircuitEvent } from "./circuit-breaker-events.ts";
import { CircuitMachine } from "./circuit.ts";
import type { Circuit, CircuitHome, CircuitSettings } from "./circuit.ts";

/** Circuits by key. Pipelines that are given the same ones share their state. */
export interface Circuits {
  /** The circuit of a key, made when it is first asked for; without a key the one of breakers without `perKey`. */
  circuit(key?: string): Circuit;
  /** Those that are known, in no particular order. */
  all(): readonly Circuit[];
}

/** Circuits as the strategy uses them. */
export interface CircuitSource extends Circuits {
  /** The time by which the circuits go; shared ones may have another clock than the pipeline. */
  now(): number;
  machine(key: string | undefined, now: number): CircuitMachine;
}

/**
 * Circuits to share between pipelines, to look at, or to control by hand.
 *
 * @throws DextError `DEXT_RESILIENCE_OPTIONS_INVALID`
 *
 * @example
 * ```ts
 * import { createCircuits, createPipeline, isRejection } from "@dext/resilience";
 *
 * const circuits = createCircuits({ failureRatio: 0.5, minimumThroughput: 10 });
 * const pipeline = createPipeline().addCircuitBreaker({ circuits, perKey: true }).build();
 *
 * circuits.circuit("http://orders").isolate();
 * const error: unknown = await pipeline.execute(() => "unused", { key: "http://orders" }).catch((e) => e);
 * if (!isRejection(error, "DEXT_RESILIENCE_CIRCUIT_ISOLATED")) throw error;
 * ```
 */
export function createCircuits(options: CreateCircuitsOptions = {}): Circuits {
  const { clock = systemClock, logger = silentLogger } = options;
  const problems: OwnProblem[] = [];
  const settings = readCircuitSettings(options, problems);
  if (problems.length > 0) refuseOptions("The circuits do not fit", problems);
  const notify: Notify = (listener, event) => notifyListener(listener, event, { logger, owner: "circuits" });
  return circuitSource(options, settings, { now: () => clock.monotonic(), notify });
}

type Notify = <Event>(listener: ((event: Event) => unknown) | undefined, event: Event) => void;

/** The circuits of one breaker, or of several. */
export function circuitSource(
  options: CircuitOptions,
  settings: CircuitSettings,
  { now, notify }: { now: () => number; notify: Notify },
): CircuitSource {
  const home: CircuitHome = {
    settings,
    now,
    opened: (event) => notify(options.onOpened, event),
    changed: (event) => notify(listenerOf(options, event), event),
  };
  const states = new KeyedStates((key) => new CircuitMachine(key, home), options.maxKeys ?? 1000);
  return {
    now,
    machine: (key, at) => states.get(key, at),
    circuit: (key) => states.get(key, now()),
    all: () => states.all(),
  };
}

/** Reads and checks the options of circuits. */
export function readCircuitSettings(options: CircuitOptions, problems: OwnProblem[]): CircuitSettings {
  const {
    failureRatio = 0.1,
    minimumThroughput = 100,
    sampling = "30s",
    breakFor = "5s",
    probes = 1,
  } = options;
  if (!(failureRatio > 0 && failureRatio <= 1)) {
    problems.push(wanted("failureRatio", failureRatio, "a number above 0 and up to 1"));
  }
  checkCount(problems, "minimumThroughput", { value: minimumThroughput, minimum: 2 });
  checkCount(problems, "probes", { value: probes, minimum: 1 });
  checkCount(problems, "maxKeys", { value: options.maxKeys ?? 1000, minimum: 1 });
  return {
    failureRatio,
    minimumThroughput,
    sampling: readDuration(problems, "sampling", { value: sampling, minimum: 100 }),
    breakFor:
      typeof breakFor === "function"
        ? breakFor
        : readDuration(problems, "breakFor", { value: breakFor, minimum: 1 }),
    probes,
  };
}

function listenerOf(options: CircuitOptions, { to }: CircuitEvent): CircuitOptions["onClosed"] {
  if (to === "closed") return options.onClosed;
  return to === "half-open" ? options.onHalfOpened : options.onIsolated;
}
