import { Agent, request as ask } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { endSubjects, runSubject } from "../../fixtures/service/run-subject.ts";
import type { RunningSubject, SubjectRuntime } from "../../fixtures/service/run-subject.ts";

afterEach(endSubjects);

describe.each<SubjectRuntime>(["node", "deno"])("a service on %s that is told to end", (runtime) => {
  it.each(["serve", "node"])(
    "answers every one of 1,000 requests that it has taken under load (%s), and exits 0",
    async (kind) => {
      const subject = runSubject(runtime, { kind, shutdown: { deadline: "8s" } });
      const url = await subject.url();
      const load = startLoad(url, { clients: 1_000, path: "/400" });
      await subject.said("has taken 1000");
      const startedAt = performance.now();
      subject.kill("SIGTERM");
      expect(await subject.ended).toBe(0);
      expect(performance.now() - startedAt).toBeLessThan(8_000);
      load.stop();
      const answered = await load.answered();
      const taken = Number(/^taken (\d+)$/m.exec(subject.output())?.[1]);
      expect(taken).toBeGreaterThanOrEqual(1_000);
      expect(answered).toBe(taken);
    },
    40_000,
  );

  it.each(["SIGTERM", "SIGINT"] as const)(
    "runs its hooks and sends telemetry on %s, then exits 0",
    async (signal) => {
      const subject = runSubject(runtime, { flush: "done" });
      await subject.url();
      subject.kill(signal);
      expect(await subject.ended).toBe(0);
      expect(subject.output()).toMatch(/taken 0\nflushing\nflushed\n$/);
    },
  );

  it.each([
    { title: "a hook fails", options: { hook: "fails" }, text: 'The shutdown hook \\"failing\\" failed' },
    {
      title: "a hook does not end",
      options: { hook: "hangs", shutdown: { hookDeadline: 100 } },
      text: 'The shutdown hook \\"hanging\\" did not end within 100 ms',
    },
  ])("runs the other hooks and exits 1 when $title", async ({ options, text }) => {
    const subject = runSubject(runtime, options);
    await subject.url();
    subject.kill("SIGTERM");
    expect(await subject.ended).toBe(1);
    expect(subject.output()).toContain(text);
    expect(subject.output()).toContain("taken 0");
  });

  it("does not wait for telemetry that cannot be sent", async () => {
    const subject = runSubject(runtime, { flush: "hangs", shutdown: { flushDeadline: 100 } });
    await subject.url();
    subject.kill("SIGTERM");
    expect(await subject.ended).toBe(0);
    expect(subject.output()).toContain("Telemetry was not sent in time");
  });

  it("exits 1 when a request does not end within the deadline", async () => {
    const subject = runSubject(runtime, { shutdown: { deadline: 200 } });
    const url = await subject.url();
    const load = startLoad(url, { clients: 1, path: "/60000" });
    await load.reached(1);
    await delay(100);
    subject.kill("SIGTERM");
    expect(await subject.ended).toBe(1);
    load.stop();
  });

  it("exits at once on a second signal, as signals do", async () => {
    const subject = runSubject(runtime, { shutdown: { wait: "60s" } });
    await subject.url();
    subject.kill("SIGTERM");
    await subject.said("subject stops");
    subject.kill("SIGINT");
    expect(await subject.ended).toBe(130);
  });

  it("finishes work that has no port", async () => {
    const subject = runSubject(runtime, { kind: "work" });
    await subject.said("working");
    subject.kill("SIGTERM");
    expect(await subject.ended).toBe(0);
    expect(subject.output()).toMatch(/worked\n.*taken 0\n$/s);
  });

  it("leaves signals alone while it serves nothing", async () => {
    const subject = runSubject(runtime, { kind: "nothing" });
    await subject.said("doing nothing");
    subject.kill("SIGTERM");
    expect(await subject.ended).toBe("SIGTERM");
  });

  it.each(["throws", "rejects"])(
    "logs an error that nobody caught (%s), sends telemetry and exits 1",
    async (accident) => {
      const subject = runSubject(runtime, { accident, flush: "done" });
      expect(await subject.ended).toBe(1);
      expect(subject.output()).toMatch(/nobody caught.*an accident/);
      expect(subject.output()).toContain("flushed");
    },
  );
});

describe.each<SubjectRuntime>(["node", "deno"])(
  "what Kubernetes sees of a service on %s, asked every 10 ms",
  (runtime) => {
    it("is ready from its start, not ready while it is overloaded or stops, and alive all the time", async () => {
      const subject = runSubject(runtime, {
        maxConcurrentRequests: 10,
        health: { port: 0, cacheFor: 50 },
        shutdown: { wait: 400, deadline: "5s" },
      });
      const url = await subject.url();
      const probes = startProbes(healthUrl(subject));
      await delay(200);

      probes.phase("overload");
      const load = startLoad(url, { clients: 10, path: "/500", rounds: 1 });
      await load.answered();
      probes.phase("calm");
      await delay(200);

      probes.phase("shutdown");
      const last = startLoad(url, { clients: 5, path: "/700", rounds: 1 });
      await last.reached(5);
      await delay(50);
      subject.kill("SIGTERM");
      expect(await last.answered()).toBe(5);
      expect(await subject.ended).toBe(0);
      const seen = await probes.stop();

      expect(new Set(seen.map(({ live }) => live))).toEqual(new Set([200]));
      expect(readiness(seen, "start")).toEqual([200]);
      expect(readiness(seen, "overload")).toContain(503);
      expect(readiness(seen, "calm").at(-1)).toBe(200);
      // Once off, readiness does not come back.
      expect([[200, 503], [503]]).toContainEqual(readiness(seen, "shutdown"));
      expect(seen.filter(({ phase }) => phase === "shutdown").length).toBeGreaterThan(10);
    });
  },
);

interface Load {
  /** Waits until so many requests have been sent. */
  reached(requests: number): Promise<void>;
  stop(): void;
  /** Waits for all clients to end and gives how many requests were answered in full. */
  answered(): Promise<number>;
}

/** Clients that each ask again and again on a connection that is kept, until they are refused. */
function startLoad(
  url: string,
  { clients, path, rounds = Infinity }: { clients: number; path: string; rounds?: number },
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  let sent = 0;
  let answered = 0;
  let isStopped = false;
  const once = (): Promise<boolean> =>
    new Promise((resolve) => {
      const asked = ask(url + path, { agent }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += String(chunk)));
        response.once("close", () =>
          resolve(response.complete && response.statusCode === 200 && body === "done"),
        );
      });
      asked.once("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => (sent += 1));
        else sent += 1;
      });
      asked.once("error", () => resolve(false));
      asked.end();
    });
  const client = async (): Promise<void> => {
    for (let round = 0; round < rounds && !isStopped; round += 1) {
      if (!(await once())) return;
      answered += 1;
    }
  };
  const ended = Promise.all(Array.from({ length: clients }, client));
  return {
    stop() {
      isStopped = true;
      agent.destroy();
    },
    async reached(requests) {
      while (sent < requests) await delay(5);
    },
    async answered() {
      await ended;
      agent.destroy();
      return answered;
    },
  };
}

interface Probe {
  phase: string;
  ready: number;
  live: number;
}

function startProbes(url: string): { phase(name: string): void; stop(): Promise<Probe[]> } {
  const seen: Probe[] = [];
  let current = "start";
  let isStopped = false;
  const status = async (path: string): Promise<number | undefined> => {
    try {
      const answer = await fetch(url + path);
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return undefined;
    }
  };
  const ended = (async () => {
    while (!isStopped) {
      const phase = current;
      const [ready, live] = await Promise.all([status("/health"), status("/alive")]);
      // Once the process has ended there is nobody to answer.
      if (ready === undefined || live === undefined) return;
      seen.push({ phase, ready, live });
      await delay(10);
    }
  })();
  return {
    phase: (name) => void (current = name),
    async stop() {
      isStopped = true;
      await ended;
      return seen;
    },
  };
}

/** How readiness changed within a phase: `[200, 503]`. */
function readiness(seen: readonly Probe[], phase: string): number[] {
  const all = seen.filter((probe) => probe.phase === phase).map(({ ready }) => ready);
  return all.filter((ready, index) => ready !== all[index - 1]);
}

function healthUrl(subject: RunningSubject): string {
  return /"subject tells its health","url":"([^"]+)"/.exec(subject.output())?.[1] ?? "";
}
