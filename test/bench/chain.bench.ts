import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const dext = fileURLToPath(new URL("../../cli/bin/dext.js", import.meta.url));
const folder = fileURLToPath(new URL("chain", import.meta.url));
const rounds = 5;

/** Three services that wait for each other: started and stopped by `dext run`, and bare, one after another. */
export async function bench(): Promise<BenchRow[]> {
  const bare: Times[] = [];
  const ours: Times[] = [];
  await measureDext();
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await measureBare());
    ours.push(await measureDext());
  }
  const start = (times: Times[]): number => median(times.map((time) => time.start));
  const stop = (times: Times[]): number => median(times.map((time) => time.stop));
  return [
    told("bare: until the third is reachable", { value: start(bare), unit: "ms" }),
    told("dext run: until all are healthy", { value: start(ours), unit: "ms" }),
    atMost("start, more than bare", { value: start(ours) - start(bare), bar: 700, unit: "ms" }),
    told("bare: slowest of the three to stop", { value: stop(bare), unit: "ms" }),
    told("dext run: from SIGTERM to its end", { value: stop(ours), unit: "ms" }),
    atMost("stop, more than bare", { value: stop(ours) - stop(bare), bar: 500, unit: "ms" }),
  ];
}

interface Times {
  start: number;
  stop: number;
}

async function measureBare(): Promise<Times> {
  const startedAt = performance.now();
  const services: ChildProcess[] = [];
  for (let index = 0; index < 3; index += 1) {
    const port = await freePort();
    services.push(
      spawn(process.execPath, ["server.ts"], {
        cwd: folder,
        env: { ...process.env, PORT: String(port) },
        stdio: "ignore",
      }),
    );
    while (!(await isReachable(port))) await sleep(5);
  }
  const start = performance.now() - startedAt;
  const stops: number[] = [];
  for (const service of services) {
    const stoppedAt = performance.now();
    service.kill("SIGTERM");
    await once(service, "exit");
    stops.push(performance.now() - stoppedAt);
  }
  return { start, stop: Math.max(...stops) };
}

async function measureDext(): Promise<Times> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [dext, "run", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as { type?: string; data?: { state?: string } };
    if (event.type === "run" && event.data?.state === "Running") break;
  }
  child.stdout.resume();
  const start = performance.now() - startedAt;
  const stoppedAt = performance.now();
  child.kill("SIGTERM");
  const [code] = (await exited) as [number];
  if (code !== 0) throw new Error(`dext run ended with ${code}`);
  return { start, stop: performance.now() - stoppedAt };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function isReachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "localhost" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
