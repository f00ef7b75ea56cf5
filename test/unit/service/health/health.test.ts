import type { Clock } from "@dext/core";
import { createHealth } from "@dext/service";
import type { HealthCheck, HealthStatus } from "@dext/service";
import { describe, expect, it } from "vitest";
import { createHealthEndpoint } from "../../../../service/src/health/health-endpoint.ts";
import type { HealthEndpointOptions } from "../../../../service/src/health/health-endpoint.ts";

describe("health", () => {
  it("is healthy without checks", async () => {
    expect(await createHealth().report("ready")).toMatchObject({ status: "Healthy", entries: [] });
  });

  it.each([
    [
      "ready has checks tagged ready and those with neither tag",
      "ready",
      ["untagged", "described", "ready", "both"],
    ],
    ["live has checks tagged live", "live", ["live", "both"]],
  ] as const)("%s", async (_title, kind, wanted) => {
    const health = createHealth();
    health.add("untagged", () => true);
    health.add("described", () => true, { tags: ["database"] });
    health.add("ready", () => true, { tags: ["ready"] });
    health.add("live", () => true, { tags: ["live"] });
    health.add("both", () => true, { tags: ["live", "ready"] });
    expect((await health.report(kind)).entries.map(({ name }) => name)).toEqual(wanted);
  });

  it.each<[string, HealthCheck, HealthStatus, string | undefined]>([
    ["true", () => true, "Healthy", undefined],
    ["nothing", () => undefined, "Healthy", undefined],
    ["any value", () => Promise.resolve("PONG"), "Healthy", undefined],
    ["false", () => false, "Unhealthy", undefined],
    ["a result", () => ({ status: "Degraded", description: "slow" }), "Degraded", "slow"],
    [
      "an error at once",
      () => {
        throw new Error("no");
      },
      "Unhealthy",
      "no",
    ],
    ["an error later", () => Promise.reject(new Error("late no")), "Unhealthy", "late no"],
    ["something thrown that is no error", () => Promise.reject("text"), "Unhealthy", "text"],
  ])("a check that gives %s counts", async (_title, check, status, description) => {
    const health = createHealth();
    health.add("check", check);
    const report = await health.report("ready");
    expect(report.status).toBe(status);
    expect(report.entries[0]?.description).toBe(description);
  });

  it("takes a failure for a degradation when the check says so", async () => {
    const health = createHealth();
    health.add("cache", () => false, { failureStatus: "Degraded" });
    expect((await health.report("ready")).status).toBe("Degraded");
  });

  it("asks side by side, and keeps the answer for a while", async () => {
    const { clock, pass } = manualClock();
    const health = createHealth({ cacheFor: "1s", clock });
    const gate = Promise.withResolvers<boolean>();
    let runs = 0;
    let together = 0;
    for (const name of ["a", "b"]) {
      health.add(name, () => {
        runs += 1;
        together += 1;
        return gate.promise.finally(() => (together -= 1));
      });
    }
    const reports = [health.report("ready"), health.report("ready")];
    await Promise.resolve();
    expect(together).toBe(2);
    gate.resolve(true);
    await Promise.all(reports);
    expect(runs).toBe(2);
    pass(999);
    await health.report("ready");
    expect(runs).toBe(2);
    pass(1);
    await health.report("ready");
    expect(runs).toBe(4);
  });

  it("gives a check up that does not end, aborts it, and does not start it again before it has", async () => {
    const { clock, pass } = manualClock();
    const health = createHealth({ cacheFor: 0, clock });
    let starts = 0;
    let signal: AbortSignal | undefined;
    const end = Promise.withResolvers<boolean>();
    health.add(
      "hanging",
      (given) => {
        starts += 1;
        signal = given;
        return end.promise;
      },
      { timeout: "2s" },
    );
    const first = health.report("ready");
    pass(2_000);
    expect((await first).entries[0]).toMatchObject({
      status: "Unhealthy",
      description: "Did not end within 2.0 s",
    });
    expect(signal?.aborted).toBe(true);
    pass(1_000);
    expect((await health.report("ready")).entries[0]?.description).toBe("Has not ended for 3.0 s");
    expect(starts).toBe(1);
    end.resolve(true);
    await end.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect((await health.report("ready")).status).toBe("Healthy");
    expect(starts).toBe(2);
  });

  it("refuses a second check of one name", () => {
    const health = createHealth();
    health.add("database", () => true);
    expect(() => health.add("database", () => true)).toThrow('There is a health check "database" already');
  });
});

describe("the endpoint of health", () => {
  it.each([
    ["in production to nobody", {}, {}, "Degraded"],
    ["in development to everybody who wants JSON", {}, { isDevelopment: true }, "{"],
    ["in development as text to others", { accept: "text/html" }, { isDevelopment: true }, "Degraded"],
    ["never when told", {}, { isDevelopment: true, options: { details: "never" } }, "Degraded"],
    ["always when told", {}, { options: { details: "always" } }, "{"],
    ["to a token", { authorization: "Bearer abc" }, { options: { details: { token: "abc" } } }, "{"],
    [
      "to no other token",
      { authorization: "Bearer abcd" },
      { options: { details: { token: "abc" } } },
      "Degraded",
    ],
    ["to no empty token", { authorization: "Bearer " }, { options: { details: { token: "" } } }, "Degraded"],
  ] as const)("tells details %s", async (_title, question, given, wanted) => {
    expect((await ask(question, given)).startsWith(wanted)).toBe(true);
  });

  it("has the form of health+json", async () => {
    const body = JSON.parse(await ask({}, { isDevelopment: true })) as { checks: Record<string, unknown[]> };
    expect(body).toMatchObject({ status: "warn", serviceId: "api" });
    expect(body.checks["disk"]?.[0]).toMatchObject({
      status: "warn",
      output: "90 % full",
      observedUnit: "ms",
      tags: ["ready"],
      data: { free: 10 },
    });
  });

  it("says no to readiness when the service refuses, also when that begins while checks run", async () => {
    const health = createHealth();
    let refusal: string | undefined;
    health.add("slow", async () => {
      refusal = "The service is stopping";
      await Promise.resolve();
    });
    const endpoint = createHealthEndpoint({
      name: "api",
      health,
      refusal: () => refusal,
      isDevelopment: true,
    });
    const question = { method: "GET", accept: "application/json", authorization: undefined };
    const answer = await endpoint.answer({ ...question, path: "/health" });
    expect(answer?.status).toBe(503);
    expect(answer?.body).toContain("The service is stopping");
    expect((await endpoint.answer({ ...question, path: "/alive" }))?.status).toBe(200);
    expect(endpoint.answer({ ...question, path: "/users" })).toBeUndefined();
  });
});

async function ask(
  question: { accept?: string; authorization?: string },
  { options = {}, isDevelopment = false }: { options?: HealthEndpointOptions; isDevelopment?: boolean },
): Promise<string> {
  const health = createHealth();
  health.add("disk", () => ({ status: "Degraded", description: "90 % full", data: { free: 10 } }), {
    tags: ["ready"],
  });
  const endpoint = createHealthEndpoint(
    { name: "api", health, refusal: () => undefined, isDevelopment },
    options,
  );
  const { accept = "application/json", authorization } = question;
  const answer = await endpoint.answer({ method: "GET", path: "/health", accept, authorization });
  return answer?.body ?? "";
}

/** Time that passes when told. */
function manualClock(): { clock: Clock; pass: (milliseconds: number) => void } {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    clock: {
      now: () => now,
      monotonic: () => now,
      setTimer(callback, { milliseconds }) {
        const timer = { at: now + milliseconds, callback };
        timers.add(timer);
        return { clear: () => void timers.delete(timer) };
      },
    },
    pass(milliseconds) {
      now += milliseconds;
      for (const timer of timers) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
  };
}
