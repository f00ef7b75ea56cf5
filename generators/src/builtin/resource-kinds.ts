/** A backing resource that can be added. */
export interface ResourceKind {
  readonly label: string;
  /** Adds it to an AppHost. */
  readonly method: string;
  /** What it is called unless something else is said. */
  readonly usualName: string;
  /** The variable by which a service finds one of this name, as the AppHost sets it. */
  readonly variable: (name: string) => string;
  /** What a service that uses it is given, where there is more than variables. */
  readonly client?: {
    readonly template: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly developmentDependencies: Readonly<Record<string, string>>;
  };
  /** For one that holds configuration: the layer by which a service reads its part of it. */
  readonly layer?: {
    /** The function of `@dext/providers`. */
    readonly name: string;
    /** Where the values of a service lie, as an option of the layer. */
    readonly place: (service: string) => Readonly<Record<string, string>>;
    readonly dependencies: Readonly<Record<string, string>>;
  };
}

/** The backing resources that `dext add` knows. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  redis: {
    label: "Redis",
    method: "addRedis",
    usualName: "cache",
    variable: uriVariable,
    client: {
      template: "resource/redis.ts.ejs",
      dependencies: { redis: "^6.3.1" },
      developmentDependencies: {},
    },
  },
  postgres: {
    label: "PostgreSQL",
    method: "addPostgres",
    usualName: "db",
    variable: uriVariable,
    client: {
      template: "resource/postgres.ts.ejs",
      dependencies: { pg: "^8.23.1" },
      developmentDependencies: { "@types/pg": "^8.23.0" },
    },
  },
  rabbitmq: {
    label: "RabbitMQ",
    method: "addRabbitMQ",
    usualName: "messages",
    variable: uriVariable,
    client: {
      template: "resource/rabbitmq.ts.ejs",
      dependencies: { amqplib: "^2.3.1" },
      developmentDependencies: {},
    },
  },
  kafka: {
    label: "Kafka",
    method: "addKafka",
    usualName: "stream",
    variable: connectionStringVariable,
    client: {
      template: "resource/kafka.ts.ejs",
      dependencies: { "@platformatic/kafka": "^2.12.1" },
      developmentDependencies: {},
    },
  },
  consul: {
    label: "Consul",
    method: "addConsul",
    usualName: "consul",
    variable: uriVariable,
    layer: {
      name: "consul",
      place: (service) => ({ prefix: `${service}/` }),
      dependencies: { consul: "^2.0.1" },
    },
  },
  vault: {
    label: "Vault",
    method: "addVault",
    usualName: "vault",
    variable: uriVariable,
    layer: {
      name: "vault",
      place: (service) => ({ path: `secret/${service}` }),
      dependencies: { "node-vault": "^0.12.0" },
    },
  },
};

/** `order-cache` → `ORDER_CACHE_URI`. */
function uriVariable(name: string): string {
  return `${name.toUpperCase().replaceAll("-", "_")}_URI`;
}

/** `order-stream` → `ConnectionStrings__order_stream`: the twin without hyphens, which every shell lets through. */
export function connectionStringVariable(name: string): string {
  return `ConnectionStrings__${name.replaceAll("-", "_")}`;
}
