import type { HealthCheck } from "../model/health-check.ts";
import { exchange } from "./exchange.ts";

/** A check that logs in and sends PING: a Redis that is still loading its data is not healthy. */
export function redisHealthCheck({ endpoint }: { endpoint: string }): HealthCheck {
  return async (context) => {
    const { host, port } = context.endpoint(endpoint);
    const [password = "", uri = ""] = await Promise.all([
      context.property("password"),
      context.property("uri"),
    ]);
    const requests = password === "" ? [["PING"]] : [authentication({ uri, password }), ["PING"]];
    const answer = await exchange(
      { host, port, tls: uri.startsWith("rediss:") },
      {
        send: requests.map(encodeRequest).join(""),
        isComplete: (bytes) => replies(bytes).length === requests.length,
        signal: context.signal,
      },
    );
    const last = replies(answer).at(-1);
    if (last === "+PONG") return { health: "Healthy" };
    const refused = replies(answer).find((reply) => reply.startsWith("-"));
    return { health: "Unhealthy", message: `Redis answered ${JSON.stringify(refused ?? last ?? "nothing")}` };
  };
}

function authentication({ uri, password }: { uri: string; password: string }): string[] {
  const username = URL.canParse(uri) ? decodeURIComponent(new URL(uri).username) : "";
  return username === "" ? ["AUTH", password] : ["AUTH", username, password];
}

/** `["PING"]` → `*1\r\n$4\r\nPING\r\n` */
function encodeRequest(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

/** Both answers are of one line: `+OK\r\n+PONG\r\n`. */
function replies(answer: Buffer): string[] {
  return answer.toString("utf8").split("\r\n").slice(0, -1);
}
