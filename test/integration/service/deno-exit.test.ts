import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { root } from "../../../scripts/packages.ts";
import { startOtlpReceiver } from "../../fixtures/otlp-receiver.ts";
import { requirement } from "../../fixtures/requirement.ts";
import { endSubjects, runSubject } from "../../fixtures/service/run-subject.ts";

const deno = requirement("deno", () => existsSync(join(root, "node_modules/deno/deno")));

afterEach(endSubjects);

describe.skipIf(!deno.available)(`a service on Deno that exports telemetry by itself ${deno.reason}`, () => {
  // Told to exit, Deno 2.9 would wait for ever in one case of about twenty.
  it("ends in order, every time of forty", { timeout: 60_000 }, async () => {
    const receiver = await startOtlpReceiver();
    const environment = {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: "500",
    };
    const codes: unknown[] = [];
    for (let round = 0; round < 5; round += 1) {
      const subjects = Array.from({ length: 8 }, () => runSubject("deno", {}, environment));
      await Promise.all(subjects.map(async (subject) => fetch(await subject.url())));
      for (const subject of subjects) subject.kill("SIGTERM");
      codes.push(...(await Promise.all(subjects.map(({ ended }) => ended))));
    }
    await receiver.close();
    expect(codes).toEqual(Array.from({ length: 40 }, () => 0));
  });
});
