/** A backing resource that Dext has a kind for. */
export interface KnownKind {
  readonly method: string;
  /** For a person. */
  readonly title: string;
  /** The port that others reach it on. */
  readonly port: number;
  /** The endpoint of that port. */
  readonly endpoint: "tcp" | "http";
  /** The schemes of its URIs that its property `uri` can stand for. */
  readonly schemes: readonly string[];
  /** The variables of its images that its kind takes care of. */
  readonly ownVariables: RegExp;
  /** Where its images keep data. */
  readonly dataFolders: readonly string[];
  /** Where its images take scripts from that fill a fresh server. */
  readonly initFolder?: string;
  /** Other ports of its images, and what is at them. */
  readonly otherPorts?: ReadonlyMap<number, string>;
}

const redis: KnownKind = {
  method: "addRedis",
  title: "Redis",
  port: 6379,
  endpoint: "tcp",
  schemes: ["redis", "rediss", "valkey"],
  ownVariables: /^(?:REDIS_(?:PASSWORD|AOF_ENABLED)|VALKEY_PASSWORD|ALLOW_EMPTY_PASSWORD)$/,
  dataFolders: ["/data", "/bitnami/redis/data", "/bitnami/redis", "/bitnami/valkey/data"],
};

const postgres: KnownKind = {
  method: "addPostgres",
  title: "PostgreSQL",
  port: 5432,
  endpoint: "tcp",
  schemes: ["postgres", "postgresql"],
  ownVariables: /^(?:POSTGRES_(?:USER|PASSWORD|DB|HOST_AUTH_METHOD)|POSTGRESQL_\w+|PGDATA|PGUSER)$/,
  dataFolders: ["/var/lib/postgresql/data", "/var/lib/postgresql", "/bitnami/postgresql"],
  initFolder: "/docker-entrypoint-initdb.d",
};

const rabbitmq: KnownKind = {
  method: "addRabbitMQ",
  title: "RabbitMQ",
  port: 5672,
  endpoint: "tcp",
  schemes: ["amqp", "amqps"],
  ownVariables: /^RABBITMQ_(?:DEFAULT_USER|DEFAULT_PASS|USERNAME|PASSWORD)$/,
  dataFolders: ["/var/lib/rabbitmq", "/var/lib/rabbitmq/mnesia", "/bitnami/rabbitmq/mnesia"],
  otherPorts: new Map([[15_672, "its management page"]]),
};

const kafka: KnownKind = {
  method: "addKafka",
  title: "Kafka",
  port: 9092,
  endpoint: "tcp",
  schemes: ["kafka"],
  ownVariables: /^(?:KAFKA_\w+|ALLOW_PLAINTEXT_LISTENER|CLUSTER_ID)$/,
  dataFolders: ["/var/lib/kafka/data", "/bitnami/kafka", "/tmp/kraft-combined-logs"],
};

const consul: KnownKind = {
  method: "addConsul",
  title: "Consul",
  port: 8500,
  endpoint: "http",
  schemes: [],
  ownVariables: /^CONSUL_(?:BIND_INTERFACE|CLIENT_INTERFACE)$/,
  dataFolders: ["/consul/data"],
};

const vault: KnownKind = {
  method: "addVault",
  title: "Vault",
  port: 8200,
  endpoint: "http",
  schemes: [],
  ownVariables: /^VAULT_(?:DEV_ROOT_TOKEN_ID|DEV_LISTEN_ADDRESS|ADDR|API_ADDR|TOKEN)$/,
  dataFolders: ["/vault/file", "/vault/data"],
};

const kindsByImage: ReadonlyMap<string, KnownKind> = new Map([
  ["redis", redis],
  ["bitnami/redis", redis],
  ["valkey/valkey", redis],
  ["bitnami/valkey", redis],
  ["ghcr.io/valkey-io/valkey", redis],
  ["postgres", postgres],
  ["bitnami/postgresql", postgres],
  ["rabbitmq", rabbitmq],
  ["bitnami/rabbitmq", rabbitmq],
  ["apache/kafka", kafka],
  ["apache/kafka-native", kafka],
  ["bitnami/kafka", kafka],
  ["confluentinc/cp-kafka", kafka],
  ["confluentinc/cp-server", kafka],
  ["wurstmeister/kafka", kafka],
  ["consul", consul],
  ["hashicorp/consul", consul],
  ["vault", vault],
  ["hashicorp/vault", vault],
]);

/** The kind that runs what is in an image: `docker.io/library/redis:7-alpine` → Redis. */
export function kindOfImage(image: string): KnownKind | undefined {
  return kindsByImage.get(imageName(image));
}

/** Whether an image is ZooKeeper, which the Kafka of Dext does without. */
export function isZooKeeper(image: string): boolean {
  return /(?:^|\/)(?:cp-)?zookeeper$/.test(imageName(image));
}

/** An image's name without registry of Docker Hub, tag and digest: `docker.io/library/redis:7@sha256:…` → `redis`. */
export function imageName(image: string): string {
  return image
    .replace(/@.*$/, "")
    .replace(/:[^/:]*$/, "")
    .replace(/^(?:(?:index\.|registry-1\.)?docker\.io\/)/, "")
    .replace(/^library\//, "")
    .replace(/^bitnamilegacy\//, "bitnami/");
}

/** Ports at which no HTTP is spoken, and what they are called. */
export const portNames: ReadonlyMap<number, string> = new Map([
  [21, "ftp"],
  [22, "ssh"],
  [25, "smtp"],
  [53, "dns"],
  [110, "pop3"],
  [143, "imap"],
  [389, "ldap"],
  [443, "https"],
  [465, "smtps"],
  [587, "smtp"],
  [1025, "smtp"],
  [1433, "tcp"],
  [1521, "tcp"],
  [1883, "mqtt"],
  [2181, "tcp"],
  [2500, "smtp"],
  [3306, "tcp"],
  [4222, "tcp"],
  [4317, "grpc"],
  [5432, "tcp"],
  [5671, "tcp"],
  [5672, "tcp"],
  [6379, "tcp"],
  [7687, "bolt"],
  [9042, "tcp"],
  [8443, "https"],
  [9092, "tcp"],
  [11_211, "tcp"],
  [26_257, "tcp"],
  [27_017, "tcp"],
  [50_051, "grpc"],
]);
