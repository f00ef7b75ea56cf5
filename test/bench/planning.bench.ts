import { createBuilder } from "@dext/hosting";
import { planRun } from "../../hosting/src/orchestration/plan-run.ts";
import { PortReservations } from "../../hosting/src/orchestration/port-reservations.ts";
import { readAppHostConfiguration } from "../../hosting/src/configuration/apphost-configuration.ts";
import { atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const count = 500;
const rounds = 7;

/** A model of 500 resources, each of which waits for and refers to the two before it: built and planned. */
export async function bench(): Promise<BenchRow[]> {
  const built: number[] = [];
  const planned: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const model = buildModel();
    const builtAt = performance.now();
    const ports = new PortReservations();
    await planRun(model, {
      parameters: new Map(),
      configuration: await readAppHostConfiguration(model.directory),
      ports,
      signal: new AbortController().signal,
    });
    planned.push(performance.now() - builtAt);
    built.push(builtAt - startedAt);
    await ports.close();
  }
  return [
    told(`${count} resources described and checked`, { value: median(built), unit: "ms" }),
    told(`${count} resources: ways chosen, ports reserved`, { value: median(planned), unit: "ms" }),
    atMost("planned in all", { value: median(built) + median(planned), bar: 100, unit: "ms" }),
  ];
}

function buildModel(): ReturnType<ReturnType<typeof createBuilder>["build"]> {
  const host = createBuilder({ directory: import.meta.dirname });
  const services: ReturnType<typeof host.addNodeApp>[] = [];
  for (let index = 0; index < count; index += 1) {
    const service = host.addNodeApp(`service-${index}`, "chain/server.ts");
    for (const earlier of services.slice(-2)) service.withReference(earlier).waitFor(earlier);
    services.push(service);
  }
  return host.build();
}
