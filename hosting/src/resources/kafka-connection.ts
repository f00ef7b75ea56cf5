import type { ConnectionModel } from "../model/connection.ts";
import type { ExternalPlan } from "../model/launcher.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";

/** `localhost:9092`, which every client takes as its list of brokers. */
export function kafkaConnection(self: ResourceBuilder): ConnectionModel {
  const { host, port, hostPort } = self.endpoint("tcp");
  return { connectionString: hostPort, properties: { host, port } };
}

/**
 * Reads where a Kafka is, from `host:port` or a list of these; a scheme such as `kafka://` in front is left out.
 *
 * @throws Error when it is not such a list.
 */
export function parseKafkaConnection(text: string): Omit<ExternalPlan, "type"> {
  const brokers = text
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/\/$/, "")
    .split(",")
    .map((broker) => broker.trim());
  const addresses = brokers.map((broker) => /^(\[[^\]]+\]|[^:\s/]+):(\d+)$/.exec(broker));
  const [first] = addresses;
  if (first === undefined || addresses.includes(null))
    throw new Error("it is not host:port, or several of these");
  const [, host = "", port = ""] = first ?? [];
  return {
    connectionString: brokers.join(","),
    properties: { host, port },
    endpoints: { tcp: `tcp://${host}:${port}` },
  };
}
