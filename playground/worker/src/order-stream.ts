import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@dext/core";
import { withSpan } from "@dext/service";
import { keys } from "@playground/orders";
import type { Cache } from "@playground/cache";

const group = "packing";
interface ReadOptions {
  cache: Cache;
  logger: Logger;
  stopping: AbortSignal;
  /** An order that another worker took this long ago and did not finish is taken over, in milliseconds. */
  abandonedAfter: number;
  /** Called with one order at a time; it stays open for another worker when this throws. */
  handle: (fields: Record<string, string>) => Promise<void>;
}

/** Hands over the orders on the stream, each to one worker of the group, until the service stops. */
export async function readOrders(options: ReadOptions): Promise<void> {
  const { cache, logger, stopping, abandonedAfter, handle } = options;
  // Waiting for the next order blocks a connection: it needs one of its own.
  const reader = cache.duplicate({ pingInterval: 0 });
  reader.on("error", () => {});
  reader.connect().catch(() => {});
  stopping.addEventListener("abort", () => reader.destroy());

  while (!stopping.aborted) {
    try {
      if (!reader.isReady) await once(reader, "ready", { signal: stopping });
      const entry = await nextOrder(reader, abandonedAfter);
      if (!entry) continue;
      const { id, message } = entry;
      // What the api wrote into the entry makes this a part of the order's trace.
      await withSpan(
        "pack order",
        async () => {
          await handle(message);
          await cache.xAck(keys.orderStream, group, id);
        },
        { kind: "consumer", continues: message },
      );
    } catch (error) {
      if (stopping.aborted) return;
      if (isMissingGroup(error)) await createGroup(cache, logger);
      else if (cache.isReady)
        logger.warn("Could not read orders, trying again", { because: (error as Error).message });
      await delay(250, undefined, { signal: stopping }).catch(() => {});
    }
  }
}

interface Entry {
  id: string;
  message: Record<string, string>;
}

async function nextOrder(reader: Cache, abandonedAfter: number): Promise<Entry | undefined> {
  const consumer = `worker-${process.pid}`;
  const claimed = await reader.xAutoClaim(keys.orderStream, group, consumer, abandonedAfter, "0-0", {
    COUNT: 1,
  });
  const left = claimed.messages.find((message) => message !== null);
  if (left) return left;
  const streams = await reader.xReadGroup(group, consumer, [{ key: keys.orderStream, id: ">" }], {
    COUNT: 1,
    BLOCK: 1_000,
  });
  return streams?.[0]?.messages[0];
}

/** Redis says `NOGROUP No such key 'orders' or consumer group 'packing' …` at first, and when it has lost its data. */
function isMissingGroup(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOGROUP");
}

async function createGroup(cache: Cache, logger: Logger): Promise<void> {
  try {
    // From 0: orders that were placed before the first worker came count too.
    await cache.xGroupCreate(keys.orderStream, group, "0", { MKSTREAM: true });
    logger.info("The workers' group is set up", { group });
  } catch {
    // BUSYGROUP: another worker was faster. Anything else shows again at the next read.
  }
}
