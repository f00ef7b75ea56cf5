import { tracingChannel } from "node:diagnostics_channel";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Span } from "@opentelemetry/api";
import { errorType } from "./http-attributes.ts";
import type { Instruments } from "./instrumentation.ts";

/** One command, or one batch of them, as `redis` (node-redis) and `ioredis` publish it; secrets are left out by them. */
interface RedisOperation {
  readonly command?: string;
  readonly args?: readonly unknown[];
  readonly database?: number;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  readonly batchMode?: string;
  readonly batchSize?: number;
}

/** Characters of a command that are shown. */
const longestText = 500;

/**
 * A span for every command and every transaction that node-redis (6) or ioredis (6) sends within a span.
 *
 * What a client does by itself, such as its pings, is no part of a request and gets none.
 */
export function instrumentRedis({ tracer }: Pick<Instruments, "tracer">): void {
  for (const library of ["node-redis", "ioredis"]) {
    watch(`${library}:command`, { tracer });
    watch(`${library}:batch`, { tracer });
  }
}

function watch(channel: string, { tracer }: Pick<Instruments, "tracer">): void {
  const spans = new WeakMap<object, Span>();
  tracingChannel<RedisOperation, RedisOperation>(channel).subscribe({
    start(operation) {
      const isPartOfBatch = channel.endsWith(":command") && operation.batchMode !== undefined;
      if (isPartOfBatch || trace.getSpan(context.active()) === undefined) return;
      const name = operation.command ?? operation.batchMode ?? "REDIS";
      spans.set(
        operation,
        tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes: attributesOf(operation) }),
      );
    },
    end() {},
    asyncStart() {},
    asyncEnd(operation) {
      spans.get(operation)?.end();
      spans.delete(operation);
    },
    error(operation) {
      const span = spans.get(operation);
      const { error } = operation as RedisOperation & { error?: unknown };
      span?.setAttribute("error.type", errorType(error));
      span?.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : "" });
    },
  });
}

function attributesOf(operation: RedisOperation): Attributes {
  const { command, args, database, serverAddress, serverPort, batchMode, batchSize } = operation;
  return {
    "db.system.name": "redis",
    "db.operation.name": command ?? batchMode ?? "",
    ...(args === undefined ? {} : { "db.query.text": queryText(command, args) }),
    ...(database === undefined ? {} : { "db.namespace": String(database) }),
    ...(serverAddress === undefined ? {} : { "server.address": serverAddress }),
    ...(serverPort === undefined ? {} : { "server.port": serverPort }),
    ...(batchSize === undefined ? {} : { "db.operation.batch.size": batchSize }),
  };
}

/** node-redis gives the command as the first argument, ioredis leaves it out. */
function queryText(command: string | undefined, args: readonly unknown[]): string {
  const texts = args.map(String);
  const whole = texts[0]?.toUpperCase() === command?.toUpperCase() ? texts : [command ?? "", ...texts];
  return whole.join(" ").slice(0, longestText);
}
