import { expect, it } from "vitest";
import { createSampler } from "../../../../service/src/telemetry/preload/sampler.ts";

it.each([
  ["always_on", "AlwaysOnSampler"],
  ["always_off", "AlwaysOffSampler"],
  ["traceidratio", "TraceIdRatioBased{0.25}"],
  ["parentbased_always_on", "ParentBased{root=AlwaysOnSampler"],
  ["parentbased_always_off", "ParentBased{root=AlwaysOffSampler"],
  ["parentbased_traceidratio", "ParentBased{root=TraceIdRatioBased{0.25}"],
  ["jaeger_remote", "ParentBased{root=AlwaysOnSampler"],
])("the sampler %s is %s", (name, expected) => {
  expect(createSampler({ name, ratio: 0.25 }).toString()).toContain(expected);
});
