import type { HealthCheck } from "../model/health-check.ts";
import { exchange } from "./exchange.ts";

const apiVersions = 18;
const correlation = 1;

/** A check that asks the broker for the versions that it speaks, the first thing that every client does. */
export function kafkaHealthCheck({ endpoint }: { endpoint: string }): HealthCheck {
  return async (context) => {
    const { host, port } = context.endpoint(endpoint);
    const answer = await exchange(
      { host, port },
      { send: request(), isComplete: (bytes) => bytes.length >= 10, signal: context.signal },
    );
    // Size, correlation id, error code; the list of versions follows.
    if (answer.length < 10 || answer.readInt32BE(4) !== correlation) {
      return { health: "Unhealthy", message: "What answers does not speak the protocol of Kafka" };
    }
    const code = answer.readInt16BE(8);
    return code === 0
      ? { health: "Healthy" }
      : { health: "Unhealthy", message: `Kafka answered with error ${code}` };
  };
}

/** ApiVersions v0: size, key, version, correlation id, client id; the body is empty. */
function request(): Buffer {
  const client = Buffer.from("dext");
  const head = Buffer.alloc(14);
  head.writeInt32BE(10 + client.length, 0);
  head.writeInt16BE(apiVersions, 4);
  head.writeInt16BE(0, 6);
  head.writeInt32BE(correlation, 8);
  head.writeInt16BE(client.length, 12);
  return Buffer.concat([head, client]);
}
