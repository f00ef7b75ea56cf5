// The AppHost that `dext doctor` has described: one of each backing resource, so that what it says about a machine is
// what a run would do on it.
import { createBuilder } from "@dext/hosting";

const host = createBuilder();
host.addRedis("redis");
host.addPostgres("postgres");
host.addRabbitMQ("rabbitmq");
host.addKafka("kafka");
host.addConsul("consul");
host.addVault("vault");
await host.run();
