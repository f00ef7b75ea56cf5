import type { ConnectionModel } from "../model/connection.ts";
import { encoded, expression } from "../model/expression.ts";
import type { Value } from "../model/expression.ts";
import type { ExternalPlan } from "../model/launcher.ts";
import type { ResourceBuilder } from "../model/resource-builder.ts";

/** `amqp://guest:…@localhost:5672`, as connection string and as URI. */
export function rabbitmqConnection(
  self: ResourceBuilder,
  { username, password }: { username: string; password: Value },
): ConnectionModel {
  const { host, port, hostPort } = self.endpoint("tcp");
  const uri = expression`amqp://${encodeURIComponent(username)}:${encoded(password, "uri")}@${hostPort}`;
  return {
    connectionString: uri,
    properties: {
      host,
      port,
      username: expression`${username}`,
      password: expression`${password}`,
      uri,
    },
  };
}

/**
 * Reads where a RabbitMQ is, from `amqp://user:password@host:port/vhost`.
 *
 * @throws Error when it is not such a URI.
 */
export function parseRabbitmqConnection(text: string): Omit<ExternalPlan, "type"> {
  if (!URL.canParse(text)) throw new Error("it is not a URI");
  const url = new URL(text);
  if (url.protocol !== "amqp:" && url.protocol !== "amqps:") {
    throw new Error(`its scheme is "${url.protocol.slice(0, -1)}", wanted: "amqp" or "amqps"`);
  }
  const port = url.port || (url.protocol === "amqps:" ? "5671" : "5672");
  return {
    connectionString: text,
    properties: {
      host: url.hostname,
      port,
      // What AMQP clients take when a URI names no user.
      username: decodeURIComponent(url.username) || "guest",
      password: decodeURIComponent(url.password) || (url.username === "" ? "guest" : ""),
      uri: text,
    },
    endpoints: { tcp: `tcp://${url.hostname}:${port}` },
  };
}
