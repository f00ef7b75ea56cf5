import { createCircuits, isRejection } from "@dext/resilience";
import type { CircuitState, Outcome } from "@dext/resilience";
import type { HttpExchange, HttpResilienceOptions } from "@dext/service";

/** How many events are kept. */
const kept = 6;

/** What the pipeline around the calls to the inventory has done of late. */
export interface PipelineState {
  circuit: CircuitState;
  retries: number;
  /** Newest first. */
  events: readonly { time: string; text: string }[];
}

export interface PipelineReport {
  /** The standard pipeline, in times that suit a page which somebody waits for, and telling what it does. */
  readonly resilience: HttpResilienceOptions;
  state(): PipelineState;
}

export function createPipelineReport(): PipelineReport {
  const events: { time: string; text: string }[] = [];
  let retries = 0;
  const tell = (text: string): void => {
    events.unshift({ time: new Date().toISOString(), text });
    events.length = Math.min(events.length, kept);
  };
  const circuits = createCircuits({
    failureRatio: 0.5,
    minimumThroughput: 6,
    sampling: "10s",
    breakFor: "5s",
    onOpened: ({ breakFor, failureRatio, throughput }) =>
      tell(
        `circuit opened for ${breakFor / 1000} s: ${Math.round(failureRatio * 100)} % of ${throughput} calls had failed`,
      ),
    onHalfOpened: () => tell("circuit half-open: one call may try"),
    onClosed: () => tell("circuit closed: the inventory answers again"),
  });
  return {
    resilience: {
      totalTimeout: "2s",
      attemptTimeout: "600ms",
      circuitBreaker: { circuits },
      retry: {
        attempts: 3,
        delay: "100ms",
        onRetry({ attempt, delay, outcome }) {
          retries += 1;
          tell(`attempt ${attempt} ${failure(outcome)}, next in ${Math.round(delay)} ms`);
        },
      },
    },
    state: () => ({ circuit: worst(circuits.all().map(({ state }) => state)), retries, events: [...events] }),
  };
}

function failure({ result, error }: Outcome<HttpExchange>): string {
  if (result !== undefined) return `was answered ${result.response.status}`;
  return isRejection(error, "DEXT_RESILIENCE_TIMEOUT") ? "was not answered in time" : "got no answer";
}

/** There is one circuit for each address; the page has room for one word. */
function worst(states: readonly CircuitState[]): CircuitState {
  const order: readonly CircuitState[] = ["isolated", "open", "half-open", "closed"];
  return order.find((state) => states.includes(state)) ?? "closed";
}
