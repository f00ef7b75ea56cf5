import { rabbitmqHealthCheck } from "../health-checks/rabbitmq-health-check.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ParameterBuilder } from "../model/parameter-builder.ts";
import type { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { ownProperty, passwordParameter } from "./implicit-password.ts";
import { parseRabbitmqConnection, rabbitmqConnection } from "./rabbitmq-connection.ts";
import { rabbitmqProcess } from "./rabbitmq-process.ts";

/** Options of {@link addRabbitMQ}. */
export interface RabbitMQOptions {
  /** A free port when absent. */
  port?: number;
  /** The parameter with the password of the user `guest`; one that is generated and kept when absent. */
  password?: ParameterBuilder;
}

/**
 * Adds a RabbitMQ broker: one that is there, a container, or `rabbitmq-server`.
 *
 * `withInitFiles` takes `.json` files with definitions, as RabbitMQ exports them.
 */
export function addRabbitMQ(
  host: ModelBuilder,
  name: string,
  options: RabbitMQOptions = {},
): BackingResourceBuilder {
  const { port, password } = options;
  return host
    .addBackingResource({
      name,
      kind: "rabbitmq",
      endpoints: [{ name: "tcp", ...(port === undefined ? {} : { port }), targetPort: 5672 }],
      launchers: [
        externalLauncher({ parse: parseRabbitmqConnection }),
        containerLauncher({
          image: "rabbitmq",
          tag: "4.1",
          environment: {
            RABBITMQ_DEFAULT_USER: "guest",
            RABBITMQ_DEFAULT_PASS: ownProperty(host, { name, property: "password" }),
          },
          targetPorts: { tcp: 5672 },
          dataPath: "/var/lib/rabbitmq",
        }),
        rabbitmqProcess(),
      ],
      connection: (self) =>
        rabbitmqConnection(self, {
          username: "guest",
          password: passwordParameter(host, { name, given: password }),
        }),
    })
    .withHealthCheck("rabbitmq", rabbitmqHealthCheck({ endpoint: "tcp" }))
    .withStopTimeout("20s");
}
