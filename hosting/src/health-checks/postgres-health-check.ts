import type { HealthCheck } from "../model/health-check.ts";
import { exchange } from "./exchange.ts";

/** PostgreSQL's code for a server that starts, stops or recovers. */
const cannotConnectNow = "57P03";

/**
 * A check that asks to log in: as soon as the server asks for the password, or refuses for another reason than that it is
 * still starting, it is there. The host and port are those of the connection.
 */
export function postgresHealthCheck(): HealthCheck {
  return async (context) => {
    const [host = "", port = "", user = "", database] = await Promise.all(
      ["host", "port", "username", "databaseName"].map((name) => context.property(name)),
    );
    const answer = await exchange(
      { host, port: Number(port) },
      {
        send: startupMessage({ user, database: database || "postgres" }),
        isComplete: isWholeMessage,
        signal: context.signal,
      },
    );
    const type = String.fromCharCode(answer[0] ?? 0);
    if (type === "R") return { health: "Healthy" };
    if (type !== "E")
      return { health: "Unhealthy", message: "What answers does not speak the protocol of PostgreSQL" };
    const { code, message } = errorFields(answer);
    return code === cannotConnectNow || code === "3D000"
      ? { health: "Unhealthy", message: `PostgreSQL answered ${code}: ${message}` }
      : { health: "Healthy" };
  };
}

/** Length, protocol 3.0, then names and values, each ended by a NUL. */
function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join("");
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + body.length, 0);
  head.writeUInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
}

/** A type, a length that counts itself, the rest. What starts with another type than these is no answer of PostgreSQL. */
function isWholeMessage(bytes: Buffer): boolean {
  if (bytes.length > 0 && !"RE".includes(String.fromCharCode(bytes[0] ?? 0))) return true;
  return bytes.length >= 5 && bytes.length >= 1 + bytes.readUInt32BE(1);
}

/** `E`, length, then fields of a letter and a text, each ended by a NUL: `SFATAL␀C57P03␀Mthe database system is starting up␀␀`. */
function errorFields(answer: Buffer): { code: string; message: string } {
  const fields = new Map(
    answer
      .toString("utf8", 5)
      .split("\0")
      .map((field) => [field[0], field.slice(1)]),
  );
  return { code: fields.get("C") ?? "", message: fields.get("M") ?? "" };
}
