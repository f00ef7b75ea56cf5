import type { ExternalPlan } from "../model/launcher.ts";
import { parseRedisConnection } from "./redis-connection.ts";

interface KindOfConnection {
  /** What consumers are told besides the connection string. */
  readonly properties: readonly string[];
  parse: (text: string) => Omit<ExternalPlan, "type">;
}

/** The kinds whose connection strings are understood. */
export const connectionKinds: Readonly<Record<"redis", KindOfConnection>> = {
  redis: { properties: ["host", "port", "password", "uri"], parse: parseRedisConnection },
};

/** A kind whose connection strings are understood. */
export type ConnectionKind = keyof typeof connectionKinds;
