import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { Sampler } from "@opentelemetry/sdk-trace";

/** The sampler by the name that `OTEL_TRACES_SAMPLER` gives it; an unknown one samples like the default. */
export function createSampler({ name, ratio }: { name: string; ratio: number }): Sampler {
  const [, isParentBased, kind] = /^(parentbased_)?(.*)$/.exec(name) ?? [];
  const root = rootSampler(kind, ratio);
  if (root === undefined) return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  return isParentBased === undefined ? root : new ParentBasedSampler({ root });
}

function rootSampler(kind: string | undefined, ratio: number): Sampler | undefined {
  switch (kind) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio);
    default:
      return undefined;
  }
}
