import type { ExternalPlan } from "../model/launcher.ts";
import { parseHttpConnection } from "./http-connection.ts";
import { parseKafkaConnection } from "./kafka-connection.ts";
import { parsePostgresConnection } from "./postgres-connection.ts";
import { parseRabbitmqConnection } from "./rabbitmq-connection.ts";
import { parseRedisConnection } from "./redis-connection.ts";

interface KindOfConnection {
  /** What consumers are told besides the connection string. */
  readonly properties: readonly string[];
  parse: (text: string) => Omit<ExternalPlan, "type">;
}

/** A kind whose connection strings are understood. `http` is for anything with a URL. */
export type ConnectionKind = "http" | "kafka" | "postgres" | "rabbitmq" | "redis";

/** The kinds whose connection strings are understood. */
export const connectionKinds: Readonly<Record<ConnectionKind, KindOfConnection>> = {
  http: { properties: ["host", "port", "uri", "token"], parse: parseHttpConnection },
  kafka: { properties: ["host", "port"], parse: parseKafkaConnection },
  postgres: {
    properties: ["host", "port", "username", "password", "databaseName", "uri", "jdbcConnectionString"],
    parse: parsePostgresConnection,
  },
  rabbitmq: { properties: ["host", "port", "username", "password", "uri"], parse: parseRabbitmqConnection },
  redis: { properties: ["host", "port", "password", "uri"], parse: parseRedisConnection },
};
