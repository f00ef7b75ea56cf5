import { postgresHealthCheck } from "../health-checks/postgres-health-check.ts";
import { hostingError } from "../hosting-error.ts";
import { containerLauncher } from "../launchers/container-launcher.ts";
import { externalLauncher } from "../launchers/external-launcher.ts";
import { noLauncher } from "../launchers/no-launcher.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { ParameterBuilder } from "../model/parameter-builder.ts";
import { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { ownProperty, passwordParameter } from "./implicit-password.ts";
import {
  parsePostgresConnection,
  postgresConnection,
  postgresDatabaseConnection,
} from "./postgres-connection.ts";
import { PostgresDatabaseBuilder } from "./postgres-database.ts";
import { fillPostgresContainer } from "./postgres-container.ts";
import { postgresEmbedded } from "./postgres-embedded.ts";
import { postgresProcess } from "./postgres-process.ts";

/** Options of {@link addPostgres}. */
export interface PostgresOptions {
  /** A free port when absent. */
  port?: number;
  /** The parameter with the password of the user `postgres`; one that is generated and kept when absent. */
  password?: ParameterBuilder;
}

/** Options of {@link PostgresBuilder.addDatabase}. */
export interface PostgresDatabaseOptions {
  /** Its name on the server; that of the resource when absent. */
  databaseName?: string;
}

/** A Postgres while the AppHost describes it. */
export class PostgresBuilder extends BackingResourceBuilder {
  /**
   * Adds a database, which is made when it is not there. `withInitFiles` on it fills it when it is made.
   *
   * @throws DextError `DEXT_MODEL_OPTION_INVALID`
   */
  addDatabase(name: string, options: PostgresDatabaseOptions = {}): PostgresDatabaseBuilder {
    const { databaseName = name } = options;
    checkDatabaseName(name, databaseName);
    return this.host
      .addBackingResource({
        name,
        kind: "postgres-database",
        parent: this,
        builder: PostgresDatabaseBuilder,
        launchers: [
          externalLauncher({ parse: parseDatabaseConnection }),
          noLauncher({ because: `it is a database of ${this.name}` }),
        ],
        connection: () => postgresDatabaseConnection(this, { databaseName }),
      })
      .withHealthCheck("postgres", postgresHealthCheck());
  }
}

/**
 * Adds a PostgreSQL server: one that is there, a container, the PostgreSQL of this machine, or PGlite.
 *
 * `withInitFiles` takes a file or folder with `.sql` files, which run in the order of their names when the data folder is
 * fresh: in the only database that was added, else in `postgres`.
 *
 * @example
 * ```ts
 * import { addPostgres, createBuilder } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * const orders = addPostgres(host, "pg").withDataVolume().addDatabase("orders");
 * host.addNodeApp("api", "api.js").withReference(orders).waitFor(orders);
 * ```
 */
export function addPostgres(
  host: ModelBuilder,
  name: string,
  options: PostgresOptions = {},
): PostgresBuilder {
  const { port, password } = options;
  return host
    .addBackingResource({
      name,
      kind: "postgres",
      builder: PostgresBuilder,
      endpoints: [{ name: "tcp", ...(port === undefined ? {} : { port }), targetPort: 5432 }],
      launchers: [
        externalLauncher({ parse: parsePostgresConnection }),
        containerLauncher(
          {
            image: "postgres",
            tag: "17.6",
            environment: {
              POSTGRES_USER: "postgres",
              POSTGRES_PASSWORD: ownProperty(host, { name, property: "password" }),
              POSTGRES_HOST_AUTH_METHOD: "scram-sha-256",
              POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256 --auth-local=scram-sha-256",
            },
            targetPorts: { tcp: 5432 },
            dataPath: "/var/lib/postgresql/data",
            initPath: "/docker-entrypoint-initdb.d",
          },
          { afterHealthy: fillPostgresContainer },
        ),
        postgresProcess(),
        postgresEmbedded(),
      ],
      connection: (self) =>
        postgresConnection(self, {
          username: "postgres",
          password: passwordParameter(host, { name, given: password }),
        }),
    })
    .withHealthCheck("postgres", postgresHealthCheck());
}

/** A database has no endpoint of its own. */
function parseDatabaseConnection(text: string): ReturnType<typeof parsePostgresConnection> {
  const { endpoints: _, ...connection } = parsePostgresConnection(text);
  return connection;
}

/** PostgreSQL cuts longer names without a word. */
function checkDatabaseName(resource: string, name: string): void {
  if (name !== "" && Buffer.byteLength(name) <= 63 && !/[\0\n\r]/.test(name)) return;
  throw hostingError(
    "DEXT_MODEL_OPTION_INVALID",
    `Not a name of a database for "${resource}": ${JSON.stringify(name)}`,
    { hint: "Give 1 to 63 bytes without line breaks.", details: { resource } },
  );
}
