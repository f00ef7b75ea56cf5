import { AggregationTemporality, InstrumentType, MetricReader } from "@opentelemetry/sdk-metrics";
import { inBackground } from "./background.ts";
import type { Exporter } from "./exporters.ts";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** Reads all metrics at an interval and exports them; an interval whose predecessor is not through is left out. */
export class IntervalMetricReader extends MetricReader {
  readonly #exporter: Exporter<ResourceMetrics>;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #exporting: Promise<void> | undefined;

  constructor(exporter: Exporter<ResourceMetrics>, options: { interval: number; delta: boolean }) {
    super({ aggregationTemporalitySelector: options.delta ? deltaWhereItMakesSense : alwaysCumulative });
    this.#exporter = exporter;
    this.#interval = options.interval;
  }

  protected override onInitialized(): void {
    this.#timer = inBackground(() => setInterval(() => void this.#export(), this.#interval).unref());
  }

  protected override async onForceFlush(): Promise<void> {
    this.#exporter.hurry();
    await this.#exporting;
    await this.#export();
  }

  protected override onShutdown(): Promise<void> {
    clearInterval(this.#timer);
    return this.onForceFlush();
  }

  #export(): Promise<void> {
    this.#exporting ??= this.#collectAndSend().finally(() => (this.#exporting = undefined));
    return this.#exporting;
  }

  async #collectAndSend(): Promise<void> {
    const { resourceMetrics } = await this.collect();
    if (resourceMetrics.scopeMetrics.length > 0) await this.#exporter.send(resourceMetrics);
  }
}

function alwaysCumulative(): AggregationTemporality {
  return AggregationTemporality.CUMULATIVE;
}

/** What goes up and down has no use for differences. */
function deltaWhereItMakesSense(type: InstrumentType): AggregationTemporality {
  return type === InstrumentType.UP_DOWN_COUNTER || type === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER
    ? AggregationTemporality.CUMULATIVE
    : AggregationTemporality.DELTA;
}
