import { dirname } from "node:path";
import process from "node:process";
import { ModelBuilder } from "./model/model-builder.ts";
import type { ModelBuilderOptions } from "./model/model-builder.ts";
import type { BackingResourceBuilder } from "./model/backing-resource-builder.ts";
import type { ResourceBuilder } from "./model/resource-builder.ts";
import { reportModelErrors } from "./orchestration/report-model-errors.ts";
import { runHost } from "./orchestration/run-host.ts";
import { addConnectionString } from "./resources/add-connection-string.ts";
import type { ConnectionStringOptions } from "./resources/add-connection-string.ts";
import { addConsul } from "./resources/add-consul.ts";
import type { ConsulBuilder, ConsulOptions } from "./resources/add-consul.ts";
import { addContainer } from "./resources/add-container.ts";
import type { ContainerOptions } from "./resources/add-container.ts";
import { addDockerfile } from "./resources/add-dockerfile.ts";
import type { DockerfileOptions } from "./resources/add-dockerfile.ts";
import { addExecutable } from "./resources/add-executable.ts";
import type { ExecutableOptions } from "./resources/add-executable.ts";
import { addExternalService } from "./resources/add-external-service.ts";
import { addKafka } from "./resources/add-kafka.ts";
import type { KafkaOptions } from "./resources/add-kafka.ts";
import { addDenoApp, addNodeApp } from "./resources/add-node-app.ts";
import type { ScriptAppOptions } from "./resources/add-node-app.ts";
import { addPostgres } from "./resources/add-postgres.ts";
import type { PostgresBuilder, PostgresOptions } from "./resources/add-postgres.ts";
import { addProject } from "./resources/add-project.ts";
import type { ProjectOptions } from "./resources/add-project.ts";
import { addRabbitMQ } from "./resources/add-rabbitmq.ts";
import type { RabbitMQOptions } from "./resources/add-rabbitmq.ts";
import { addRedis } from "./resources/add-redis.ts";
import type { RedisOptions } from "./resources/add-redis.ts";
import { addVault } from "./resources/add-vault.ts";
import type { VaultBuilder, VaultOptions } from "./resources/add-vault.ts";

/** Collects the resources of a system and runs it. Made by {@link createBuilder}. */
export class AppBuilder extends ModelBuilder {
  /** Adds the Node, Deno or Bun project in a folder. */
  addProject(name: string, path: string, options: ProjectOptions = {}): ResourceBuilder {
    return addProject(this, name, { path, ...options });
  }

  /** Adds a script that Node runs, in the script's folder. */
  addNodeApp(name: string, script: string, options: ScriptAppOptions = {}): ResourceBuilder {
    return addNodeApp(this, name, { script, ...options });
  }

  /** Adds a script that Deno runs, in the script's folder. */
  addDenoApp(name: string, script: string, options: ScriptAppOptions = {}): ResourceBuilder {
    return addDenoApp(this, name, { script, ...options });
  }

  /** Adds any program: a name on the PATH, or a path relative to its `cwd`. */
  addExecutable(name: string, command: string, options: ExecutableOptions = {}): ResourceBuilder {
    return addExecutable(this, name, { command, ...options });
  }

  /** Adds a container of an image. */
  addContainer(name: string, image: string, options: ContainerOptions = {}): ResourceBuilder {
    return addContainer(this, name, { image, ...options });
  }

  /** Adds a container of an image that is built from a folder with a Dockerfile. */
  addDockerfile(name: string, context: string, options: DockerfileOptions = {}): ResourceBuilder {
    return addDockerfile(this, name, { context, ...options });
  }

  addRedis(name: string, options: RedisOptions = {}): BackingResourceBuilder {
    return addRedis(this, name, options);
  }

  addRabbitMQ(name: string, options: RabbitMQOptions = {}): BackingResourceBuilder {
    return addRabbitMQ(this, name, options);
  }

  addKafka(name: string, options: KafkaOptions = {}): BackingResourceBuilder {
    return addKafka(this, name, options);
  }

  addPostgres(name: string, options: PostgresOptions = {}): PostgresBuilder {
    return addPostgres(this, name, options);
  }

  addConsul(name: string, options: ConsulOptions = {}): ConsulBuilder {
    return addConsul(this, name, options);
  }

  addVault(name: string, options: VaultOptions = {}): VaultBuilder {
    return addVault(this, name, options);
  }

  /** Adds something that others connect to and that Dext does not start; its connection string is configured. */
  addConnectionString(name: string, options: ConnectionStringOptions = {}): BackingResourceBuilder {
    return addConnectionString(this, name, options);
  }

  /** Adds a service at a fixed address that Dext does not start. */
  addExternalService(name: string, url: string): ResourceBuilder {
    return addExternalService(this, name, url);
  }

  /**
   * Does what this process was started for: `DEXT_OPERATION` is `run` (also when absent), `describe`, or `test` for `@dext/hosting/testing`.
   *
   * A run goes on until it is asked to stop or nothing is left running. It prints what the resources say, unless a
   * client like `dext run` does; the exit code of the process is set to 0, 3 for a mistake in the AppHost, or 4 when
   * a resource failed.
   */
  async run(): Promise<void> {
    await runHost(this);
  }
}

/**
 * Starts the description of a system.
 *
 * @example
 * ```ts
 * import { createBuilder } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * const cache = host.addRedis("cache");
 * const api = host.addProject("api", "./api").withReference(cache).waitFor(cache);
 * host.addProject("web", "./web").withReference(api).withReplicas(2);
 * const model = host.build(); // an AppHost ends with: await host.run();
 * if (model.resources.length !== 3) throw new Error("not three");
 * ```
 */
export function createBuilder(options: ModelBuilderOptions = {}): AppBuilder {
  reportModelErrors();
  const directory = options.directory ?? dirname(process.argv[1] ?? "apphost.ts");
  return new AppBuilder({ directory, ...(options.name === undefined ? {} : { name: options.name }) });
}
