/** A backing resource that can be added. */
export interface ResourceKind {
  readonly label: string;
  /** Adds it to an AppHost. */
  readonly method: string;
  /** What it is called unless something else is said. */
  readonly usualName: string;
  /** What a service that uses it is given, where there is more than variables. */
  readonly client?: {
    readonly template: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly developmentDependencies: Readonly<Record<string, string>>;
  };
}

/** The backing resources that `dext add` knows. */
export const resourceKinds: Readonly<Record<string, ResourceKind>> = {
  redis: {
    label: "Redis",
    method: "addRedis",
    usualName: "cache",
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
    client: {
      template: "resource/postgres.ts.ejs",
      dependencies: { pg: "^8.23.1" },
      developmentDependencies: { "@types/pg": "^8.23.0" },
    },
  },
  rabbitmq: { label: "RabbitMQ", method: "addRabbitMQ", usualName: "messages" },
  kafka: { label: "Kafka", method: "addKafka", usualName: "stream" },
  consul: { label: "Consul", method: "addConsul", usualName: "consul" },
  vault: { label: "Vault", method: "addVault", usualName: "vault" },
};
