import type { HealthCheck } from "../model/health-check.ts";
import { exchange } from "./exchange.ts";

/** A check that opens AMQP 0-9-1: a broker that is ready answers its header with a method frame on channel 0. */
export function rabbitmqHealthCheck({ endpoint }: { endpoint: string }): HealthCheck {
  return async (context) => {
    const { host, port } = context.endpoint(endpoint);
    const uri = (await context.property("uri")) ?? "";
    const answer = await exchange(
      { host, port, tls: uri.startsWith("amqps:") },
      {
        send: Buffer.from([...Buffer.from("AMQP"), 0, 0, 9, 1]),
        isComplete: (bytes) => bytes.length >= 11,
        signal: context.signal,
      },
    );
    // Frame: type 1 (method), channel 0, size; then class 10 (connection), method 10 (start).
    const isStart =
      answer.length >= 11 &&
      answer[0] === 1 &&
      answer.readUInt16BE(7) === 10 &&
      answer.readUInt16BE(9) === 10;
    if (isStart) return { health: "Healthy" };
    return { health: "Unhealthy", message: "What answers does not open an AMQP 0-9-1 connection" };
  };
}
