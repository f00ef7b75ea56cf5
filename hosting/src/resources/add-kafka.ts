import { kafkaHealthCheck } from "../health-checks/kafka-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import { expression } from "../model/expression.ts";
import { EndpointReference } from "../model/endpoint-reference.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { kafkaConnection, parseKafkaConnection } from "./kafka-connection.ts";

/** Options of {@link addKafka}. */
export interface KafkaOptions {
  /** A free port when absent. */
  port?: number;
}

/** Adds a Kafka broker: one that is there, or a container. */
export function addKafka(
  host: ModelBuilder,
  name: string,
  options: KafkaOptions = {},
): BackingResourceBuilder {
  const { port } = options;
  const outside = new EndpointReference(name, "tcp", host);
  return host
    .addBackingResource({
      name,
      kind: "kafka",
      endpoints: [{ name: "tcp", ...(port === undefined ? {} : { port }), targetPort: 9092 }],
      launchers: [
        externalLauncher({ parse: parseKafkaConnection }),
        containerLauncher({
          image: "apache/kafka",
          tag: "4.1.0",
          environment: {
            KAFKA_NODE_ID: 1,
            KAFKA_PROCESS_ROLES: "broker,controller",
            KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
            KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:29093",
            KAFKA_LISTENERS:
              "CLIENT://0.0.0.0:9092,NETWORK://0.0.0.0:9094,BROKER://localhost:29092,CONTROLLER://localhost:29093",
            // A broker tells clients where to find it: it has to name the address that they use, on this machine and
            // in the network of containers.
            KAFKA_ADVERTISED_LISTENERS: expression`CLIENT://${outside.hostPort},NETWORK://${name}:9094,BROKER://localhost:29092`,
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
              "CLIENT:PLAINTEXT,NETWORK:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
            KAFKA_INTER_BROKER_LISTENER_NAME: "BROKER",
            // One broker cannot keep three copies.
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1,
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: 0,
            KAFKA_LOG_DIRS: "/var/lib/kafka/data",
          },
          targetPorts: { tcp: 9092 },
          networkPorts: { tcp: 9094 },
          dataPath: "/var/lib/kafka/data",
        }),
      ],
      connection: kafkaConnection,
    })
    .withHealthCheck("kafka", kafkaHealthCheck({ endpoint: "tcp" }));
}
